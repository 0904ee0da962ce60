"""`--all`: every item of a list, page after page on one connection, one JSON line each."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rtmcli.catalogue.model import Method
from rtmcli.cli.connection import connector_of
from rtmcli.cli.output import Output
from rtmcli.errors import RtmError, UsageError
from rtmcli.flows.call import Call, Policy
from rtmcli.flows.paginate import Page, first_payload, follow
from rtmcli.protocol.messages import Request, Response
from rtmcli.session.deadline import NEVER, Deadline
from rtmcli.settings.resolve import Value

if TYPE_CHECKING:
    from rtmcli.session.connecting import Connector
    from rtmcli.session.session import Session

__all__ = ["first_payload", "most", "send"]


def most(options: Mapping[str, Any]) -> int | None:
    """Return how many items are wanted; None is all of them."""
    text = options["max_items"]
    if text is None:
        return None
    if not text.isascii() or not text.isdecimal() or int(text) == 0:
        raise UsageError(f"--max-items must be a whole number from 1 on, not {text}")
    return int(text)


class Connection:
    """One connection for many calls, opened again where it was lost."""

    def __init__(self, method: Method, settings: Mapping[str, Value]) -> None:
        """Prepare it; `--max-time` is for the whole walk where it is given, else for each call."""
        self._policy = Policy(method.retry, idempotent_too=settings["retry_idempotent"].value)
        self._session: Session | None = None
        whole = settings["max_time"].origin != "default"
        self._each = settings["max_time"].value
        self._deadline = Deadline.after(self._each) if whole else NEVER
        self._connector: Connector = connector_of(settings)  # it may take a while to get a token

    def ask(self, request: Request) -> Response:
        """Make one call."""
        call = Call(self._connector, request, self._policy)
        call.session = self._session
        try:
            return call.run(self._deadline.within(self._each))
        finally:
            self._session = call.session

    def close(self) -> None:
        """End the connection."""
        if self._session:
            self._session.close()


def send(
    method: Method,
    wanted: int | None,
    request: Request,
    settings: Mapping[str, Value],
    output: Output,
) -> None:
    """Print the items of all pages; an error names the page to go on with."""
    connection = Connection(method, settings)
    count, page = 0, Page([], None)
    try:
        for page in follow(method, request, connection.ask):
            items = page.items[: None if wanted is None else wanted - count]
            output.items(items)
            count += len(items)
            if count == wanted:
                return
    except RtmError as error:
        if page.next is not None:
            error.message += _resume(method, page.next, count)
        raise
    finally:
        connection.close()


def _resume(method: Method, place: str | int, count: int) -> str:
    path = method.pages and (method.pages.cursor or method.pages.number)
    flag = next(param.flag for param in method.params if param.path == path)
    return f" ({count} items were printed; the next page is {flag} {place})"
