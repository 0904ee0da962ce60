"""Follow a list from page to page, whatever the server answers: every walk ends.

A list is paged by cursor (each answer names the next page) or by number. A cursor that comes
back, empty pages that lead on and on, and many more pages than the total promises are errors of
the server, told as such after what was got before.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rtmcli.catalogue.model import Method, Pages
from rtmcli.errors import OutcomeUnknown, PartlyFailed, UsageError
from rtmcli.protocol.messages import Request, Response
from rtmcli.protocol.payload import build
from rtmcli.protocol.validation import MISSING, find
from rtmcli.row import Row

_EMPTY = 10  # empty pages in a row that still name a next one
_SPARE = 1000  # pages beyond twice what the total promises: a list may grow on the way
_MOST = 1_000_000  # pages of a list without a total


class Page(Row):
    """One page: its items, and where the next one begins (None: this was the last)."""

    items: list[Any]
    next: str | int | None


def first_payload(method: Method, payload: Mapping[str, Any], most: int | None) -> dict[str, Any]:
    """Complete a payload: pages as large as may be, unless it says otherwise.

    `most` is how many items are wanted at all.

    Raises:
        UsageError: the pages are to have no items.

    """
    pages = _pages(method)
    limit = find(payload, pages.limit)
    if limit is MISSING:
        limit = min(most or pages.largest, pages.largest)
    elif isinstance(limit, int) and limit < 1:
        raise UsageError(f"{pages.limit} must be at least 1 to get all items")
    return _with(method, payload, pages.limit, limit)


def follow(method: Method, request: Request, ask: Callable[[Request], Response]) -> Iterator[Page]:
    """Yield page after page, from the one that the request names; `ask` makes a call.

    Raises:
        OutcomeUnknown: the server leads in circles, or answers with no list.
        PartlyFailed: the list is longer than what the server pages.

    """
    pages = _pages(method)
    seen = {find(request.payload, pages.cursor)} if pages.cursor else set()
    count = empty = 0
    while True:
        answer = ask(request)
        items = _items(pages, answer)
        count += 1
        empty = 0 if items else empty + 1
        place = _next(pages, request, answer, len(items))
        yield Page(items, place)
        if place is None:
            return
        _doubt(pages, answer, request, count=count, empty=empty, again=place in seen)
        seen.add(place)
        path = pages.cursor or pages.number
        request = request._replace(payload=_with(method, request.payload, path, place))


def _next(pages: Pages, request: Request, answer: Response, items: int) -> str | int | None:
    """Name the next page, or return None behind the last one."""
    if pages.cursor:
        place = find(answer.payload, pages.next)
        return place if isinstance(place, str) and place else None
    number = _whole(request.payload, pages.number, 1)
    limit = _whole(request.payload, pages.limit, pages.largest)
    total = find(answer.payload, pages.total)
    more = number * limit < total if isinstance(total, int) else items >= limit
    return number + 1 if items and more else None


def _doubt(
    pages: Pages, answer: Response, request: Request, *, count: int, empty: int, again: bool
) -> None:
    """Raise where the walk had better end."""
    if pages.last and _whole(request.payload, pages.number, 1) >= pages.last:
        raise PartlyFailed(f"there is more, but no page after {pages.last}: narrow the filters")
    total, limit = find(answer.payload, pages.total), _whole(request.payload, pages.limit, 1)
    most = 2 * total // limit + _SPARE if isinstance(total, int) else _MOST
    if again:
        raise _endless(request, "names a page for the second time")
    if empty >= _EMPTY:
        raise _endless(request, f"gave {empty} empty pages in a row")
    if count >= most:
        raise _endless(request, f"gave {count} pages, far more than it promised")


def _whole(payload: Any, path: str, default: int) -> int:
    """Return the whole number at a path; what else stands there was sent unchecked."""
    value = find(payload, path)
    return value if isinstance(value, int) and value > 0 else default


def _endless(request: Request, what: str) -> OutcomeUnknown:
    return OutcomeUnknown(f"the server {what}", action=request.action)


def _items(pages: Pages, answer: Response) -> list[Any]:
    items = find(answer.payload, pages.items)
    if not isinstance(items, list):
        raise OutcomeUnknown(f"the answer has no list {pages.items}", action=answer.action)
    return items


def _pages(method: Method) -> Pages:
    assert method.pages
    return method.pages


def _with(method: Method, payload: Any, path: str, value: Any) -> dict[str, Any]:
    changed, problems = build(method, payload or {}, [(path.split("."), value)])
    if problems:
        raise UsageError("; ".join(map(str, problems)))
    return changed
