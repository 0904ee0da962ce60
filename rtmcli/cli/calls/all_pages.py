"""`--all`: every item of a list, page by page on one connection, one JSON line each."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from rtmcli import time_limit
from rtmcli.catalogue.api import Api
from rtmcli.catalogue.model import Method
from rtmcli.cli.calls.single_call import report_as_unknown
from rtmcli.cli.connection import make_connector
from rtmcli.cli.io.progress import Progress, ProgressLine, is_watched
from rtmcli.cli.io.stdout import ResultPrinter
from rtmcli.cli.io.writer import STDOUT
from rtmcli.cli.method_options import flag_with_value
from rtmcli.errors import Interrupted, RtmError
from rtmcli.flows.call import Call, RetryPolicy
from rtmcli.flows.paginate import Page, first_page_payload, iter_pages
from rtmcli.protocol.messages import Request, Response
from rtmcli.protocol.paths import get_path
from rtmcli.session.deadline import NEVER, Deadline
from rtmcli.session.options import CLOSE_GRACE_PERIOD
from rtmcli.settings.resolve import Resolved

if TYPE_CHECKING:
    from rtmcli.session.connector import Connector
    from rtmcli.session.session import Session

__all__ = ["first_page_payload", "run_all_pages"]

_SLOW = 1.0  # seconds until a person wants to see that something happens


class ReusedConnection:
    """One connection for many calls, opened again if it is lost."""

    def __init__(self, api: Api, method: Method, settings: Mapping[str, Resolved]) -> None:
        """Read the settings; `--max-time` limits all pages together, its default each call."""
        self._policy = RetryPolicy(
            method.retry, retry_idempotent=settings["retry_idempotent"].value
        )
        self.request_id = ""  # of the last call
        self._session: Session | None = None
        limits_total = settings["max_time"].origin != "default"
        self._call_timeout = settings["max_time"].value
        self._deadline = Deadline(time_limit.end()) if limits_total else NEVER
        self._connector: Connector = make_connector(api, settings)

    def call(self, request: Request) -> Response:
        """Make one call."""
        call = Call(self._connector, request, self._policy)
        call.session = self._session
        try:
            return call.run(self._deadline.sooner(self._call_timeout))
        finally:
            self._session = call.session
            self.request_id = call.request.request_id

    def close(self) -> None:
        """Close the connection."""
        if self._session:
            self._session.close(self._deadline.remaining() + CLOSE_GRACE_PERIOD)


class PageProgress:
    """A progress line while a page is awaited: always if a file takes the items, else if slow."""

    def __init__(self, max_items: int | None, *, is_quiet: bool) -> None:
        self._max_items = max_items
        self._progress = Progress(0, 0, 0)
        self._line = ProgressLine("items", lambda: self._progress)
        self._is_shown = is_watched(with_output=True) and not is_quiet
        self._min_elapsed = _SLOW if os.isatty(STDOUT) else 0.0

    def show(self, printed: int, total: int) -> None:
        """Show how many items were printed; a total of 0 is not known."""
        if total and self._max_items is not None:
            total = min(total, self._max_items)
        self._progress = Progress(printed, total, printed)
        if self._is_shown and self._line.elapsed >= self._min_elapsed:
            self._line.draw()

    def erase(self) -> None:
        """Make room for other output."""
        self._line.stop()


def run_all_pages(
    request: Request,
    settings: Mapping[str, Resolved],
    printer: ResultPrinter,
    *,
    api: Api,
    method: Method,
    max_items: int | None,
) -> None:
    """Print the items of all pages; an error or a signal says how to continue."""
    connection = ReusedConnection(api, method, settings)
    printed, page = 0, Page([], None)  # the last page that was printed whole
    progress = PageProgress(max_items, is_quiet=printer.quiet)
    try:
        progress.show(0, 0)
        for next_page in iter_pages(method, request, connection.call):
            progress.erase()
            items = next_page.items[: None if max_items is None else max_items - printed]
            with report_as_unknown(request.action, connection.request_id):
                printer.print_items(items)
            printed += len(items)
            page = next_page
            if printed == max_items or page.next_page is None:
                return
            progress.show(printed, page.total)
    except RtmError as error:
        if flags := _resume_flags(method, request, page, max_items, printed):
            error.message += f" ({printed} items were printed; continue with {flags})"
        raise
    except Interrupted as interrupted:
        interrupted.unknown_calls.clear()  # a list changes nothing
        flags = _resume_flags(method, request, page, max_items, printed)
        continue_with = f"; continue with {flags}" if flags else ""
        interrupted.resume_hint = f"interrupted after {printed} items{continue_with}"
        raise
    finally:
        progress.erase()
        connection.close()


def _resume_flags(
    method: Method, request: Request, page: Page, max_items: int | None, printed: int
) -> str:
    """Return the flags that continue after a page, with the page size if the server needs it."""
    pagination = method.pagination
    if page.next_page is None or not pagination:
        return ""
    values = {pagination.cursor_param or pagination.page_number_param: page.next_page}
    if pagination.limit_param not in pagination.cursor_excludes:
        values[pagination.limit_param] = get_path(request.payload, pagination.limit_param)
    flags = [
        flag_with_value(param, value)
        for path, value in values.items()
        for param in method.params
        if param.path == path
    ]
    if max_items is not None:
        flags.append(f"--max-items {max_items - printed}")
    return " ".join(flags)
