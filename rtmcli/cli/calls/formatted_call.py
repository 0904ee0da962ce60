"""A call whose response is printed in another format than JSON: a table, CSV or a transcript."""

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.model import Method
from rtmcli.cli.calls import single_call
from rtmcli.cli.io import stderr
from rtmcli.cli.io.stdout import OutputFormat, ResultPrinter
from rtmcli.cli.io.terminal import terminal_width, use_color
from rtmcli.cli.io.writer import STDOUT
from rtmcli.cli.method_options import flag_with_value
from rtmcli.flows.call import Call
from rtmcli.flows.paginate import list_items, next_page_of
from rtmcli.protocol.messages import Request, Response
from rtmcli.session.deadline import Deadline
from rtmcli.settings.resolve import Resolved

_MAX_THREADS = 10  # in a hint


def make_output_format(
    api: Api, method: Method, output_format: str, color: str | None
) -> OutputFormat:
    """Make the output format of a method; `color` is the option's value."""
    is_tty = os.isatty(STDOUT)
    colored = use_color(color, os.environ, is_tty=is_tty, is_json=False)
    if output_format == "csv":
        from rtmcli.cli.io.formats.csv_writer import CSVFormatter  # loads csv

        return _list_format(method, CSVFormatter(method.columns, is_tty=is_tty).format_items)
    if output_format == "table":
        from rtmcli.cli.io.formats.table import TableFormatter  # loads rich

        width = terminal_width(STDOUT)
        table = TableFormatter(method.columns, terminal_width=width, use_color=colored)
        return _list_format(method, table.format_items)
    from rtmcli.cli.io.formats.transcript import TranscriptFormatter  # loads datetime

    assert method.transcript
    transcript = TranscriptFormatter(method.transcript, api.user_fields, use_color=colored)
    return OutputFormat(transcript.format_response)


def _list_format(method: Method, format_items: Callable[[Iterable[Any]], bytes]) -> OutputFormat:
    return OutputFormat(lambda payload: format_items(list_items(method, payload)), format_items)


def run_call(
    api: Api,
    method: Method,
    request: Request,
    settings: Mapping[str, Resolved],
    printer: ResultPrinter,
) -> None:
    """Make the call and print its response; name the flags that get more, if there is more."""

    def print_hint(call: Call, response: Response, _: Deadline) -> None:
        flags = more_flags(method, call.request, response)
        if flags and not printer.quiet:
            stderr.write_line(f"rtm: more: {flags}", "more")

    single_call.run_call(
        api, method, request, settings, printer, envelope=False, on_response=print_hint
    )


def more_flags(method: Method, request: Request, response: Response) -> str:
    """Return the flags that get the next page, or the threads that a transcript lacks."""
    path, values = "", list[Any]()
    if method.pagination:
        items = list_items(method, response.payload)
        next_page = next_page_of(method.pagination, request, response, len(items))
        path = method.pagination.cursor_param or method.pagination.page_number_param
        is_last = isinstance(next_page, int) and next_page > method.pagination.max_page_number > 0
        values = [] if next_page is None or is_last else [next_page]
    elif method.transcript:
        from rtmcli.cli.io.formats.transcript import other_threads  # as above

        path = method.transcript.thread_param
        values = other_threads(method.transcript, response.payload)[:_MAX_THREADS]
    return " ".join(
        flag_with_value(param, value)
        for param in method.params
        if param.path == path
        for value in values
    )
