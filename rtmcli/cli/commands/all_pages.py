"""`--all`: every item of a list, page by page on one connection, one JSON line each."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rtmcli.catalogue.model import Method
from rtmcli.cli.commands.single_call import report_as_unknown
from rtmcli.cli.connection import make_connector
from rtmcli.cli.io.stdout import ResultPrinter
from rtmcli.errors import RtmError
from rtmcli.flows.call import Call, RetryPolicy
from rtmcli.flows.paginate import Page, first_page_payload, iter_pages
from rtmcli.protocol.messages import Request, Response
from rtmcli.session.deadline import NEVER, Deadline
from rtmcli.settings.resolve import Resolved

if TYPE_CHECKING:
    from rtmcli.session.connector import Connector
    from rtmcli.session.session import Session

__all__ = ["first_page_payload", "run_all_pages"]


class ReusedConnection:
    """One connection for many calls, opened again if it is lost."""

    def __init__(self, method: Method, settings: Mapping[str, Resolved]) -> None:
        """Read the settings; `--max-time` limits all pages together, its default each call."""
        self._policy = RetryPolicy(
            method.retry, retry_idempotent=settings["retry_idempotent"].value
        )
        self.request_id = ""  # of the last call
        self._session: Session | None = None
        limits_total = settings["max_time"].origin != "default"
        self._call_timeout = settings["max_time"].value
        self._deadline = Deadline.after(self._call_timeout) if limits_total else NEVER
        self._connector: Connector = make_connector(
            settings
        )  # after the deadline: it may run a token command

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
            self._session.close()


def run_all_pages(
    method: Method,
    max_items: int | None,
    request: Request,
    settings: Mapping[str, Resolved],
    printer: ResultPrinter,
) -> None:
    """Print the items of all pages; an error names the page to continue with."""
    connection = ReusedConnection(method, settings)
    printed, page = 0, Page([], None)
    try:
        for page in iter_pages(method, request, connection.call):
            items = page.items[: None if max_items is None else max_items - printed]
            with report_as_unknown(request.action, connection.request_id):
                printer.print_items(items)
            printed += len(items)
            if printed == max_items:
                return
    except RtmError as error:
        if page.next_page is not None:
            error.message += _resume_hint(method, page.next_page, printed)
        raise
    finally:
        connection.close()


def _resume_hint(method: Method, next_page: str | int, printed: int) -> str:
    page_param = method.pagination and (
        method.pagination.cursor_param or method.pagination.page_number_param
    )
    flag = next(param.flag for param in method.params if param.path == page_param)
    return f" ({printed} items were printed; the next page is {flag} {next_page})"
