"""Iterate over the pages of a list, which ends whatever the server responds.

A list is paged by cursor (each response names the next page) or by number. A repeated cursor,
empty pages without end, and many more pages than the total promises are errors of the server; they
are raised after the items received before.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from rtmcli.catalogue.model import Constraint, Method, Pagination
from rtmcli.errors import OutcomeUnknown, PartlyFailed, UsageError
from rtmcli.protocol.messages import Request, Response
from rtmcli.protocol.paths import MISSING, get_path
from rtmcli.protocol.payload import build

_MAX_EMPTY_PAGES = 10  # in a row that still name a next page
_EXTRA_PAGES = 1000  # beyond twice what the total promises: the list may grow meanwhile
_MAX_PAGES = 1_000_000  # of a list without a total


class Page(NamedTuple):
    """One page: its items, and the cursor or number of the next one (None: this is the last)."""

    items: list[Any]
    next_page: str | int | None
    total: int = 0  # items of all pages, if the response says so


def first_page_payload(
    method: Method, payload: Mapping[str, Any], max_items: int | None
) -> dict[str, Any]:
    """Return the payload of the first page, with the largest page size unless it sets one.

    `max_items` is how many items are wanted in all.

    Raises:
        UsageError: the payload asks for pages without items.

    """
    pagination = _pagination(method)
    limit = get_path(payload, pagination.limit_param)
    if _excludes_limit(method, payload):
        return dict(payload)
    if limit is MISSING:
        limit = min(max_items or pagination.max_limit, pagination.max_limit)
    elif isinstance(limit, int) and limit < 1:
        raise UsageError(f"{pagination.limit_param} must be at least 1 to get all items")
    return _with_value(method, payload, pagination.limit_param, limit)


def _excludes_limit(method: Method, payload: Mapping[str, Any]) -> bool:
    """Return whether a payload has a parameter that excludes the page size, such as a cursor."""
    return any(
        rule.constraint is Constraint.EXCLUDES
        and _pagination(method).limit_param in rule.paths[1:]
        and get_path(payload, rule.paths[0]) is not MISSING
        for rule in method.rules
    )


def iter_pages(
    method: Method, request: Request, call: Callable[[Request], Response]
) -> Iterator[Page]:
    """Yield the pages from the one that the request names on; `call` makes one call.

    Raises:
        OutcomeUnknown: the pages do not end, or a response has no list.
        PartlyFailed: the list is longer than the server can page through.

    """
    pagination = _pagination(method)
    visited = (
        {get_path(request.payload, pagination.cursor_param)} if pagination.cursor_param else set()
    )
    page_count = empty_count = 0
    while True:
        response = call(request)
        items = list_items(method, response.payload)
        page_count += 1
        empty_count = 0 if items else empty_count + 1
        next_page = next_page_of(pagination, request, response, len(items))
        yield Page(items, next_page, _positive_int(response.payload, pagination.total_path, 0))
        if next_page is None:
            return
        _check_progress(
            pagination,
            response,
            request,
            page_count=page_count,
            empty_count=empty_count,
            is_repeated=next_page in visited,
        )
        visited.add(next_page)
        path = pagination.cursor_param or pagination.page_number_param
        payload = {
            name: value
            for name, value in (request.payload or {}).items()
            if name not in pagination.cursor_excludes
        }
        request = request._replace(payload=_with_value(method, payload, path, next_page))


def list_items(method: Method, payload: Any) -> list[Any]:
    """Return the items in the response of a list; raise `OutcomeUnknown` if there is no list."""
    path = method.pagination.items_path if method.pagination else ""
    items = get_path(payload, path) if path else payload
    if not isinstance(items, list):
        raise OutcomeUnknown(f"the response has no list {path}".rstrip(), action=method.action)
    return items


def next_page_of(
    pagination: Pagination, request: Request, response: Response, item_count: int
) -> str | int | None:
    """Return the cursor or number of the next page, or None after the last one."""
    if pagination.cursor_param:
        cursor = get_path(response.payload, pagination.next_cursor_path)
        return cursor if isinstance(cursor, str) and cursor else None
    number = _positive_int(request.payload, pagination.page_number_param, 1)
    limit = _positive_int(request.payload, pagination.limit_param, pagination.max_limit)
    total = get_path(response.payload, pagination.total_path)
    has_more = number * limit < total if isinstance(total, int) else item_count >= limit
    return number + 1 if item_count and has_more else None


def _check_progress(
    pagination: Pagination,
    response: Response,
    request: Request,
    *,
    page_count: int,
    empty_count: int,
    is_repeated: bool,
) -> None:
    """Raise if the next page should not be requested."""
    if (
        pagination.max_page_number
        and _positive_int(request.payload, pagination.page_number_param, 1)
        >= pagination.max_page_number
    ):
        raise PartlyFailed(
            f"there are more items, but no page after {pagination.max_page_number}; "
            "narrow the filters"
        )
    total = get_path(response.payload, pagination.total_path)
    limit = _positive_int(request.payload, pagination.limit_param, 1)
    max_pages = 2 * total // limit + _EXTRA_PAGES if isinstance(total, int) else _MAX_PAGES
    if is_repeated:
        raise _paging_error(request, "returned the same next page twice")
    if empty_count >= _MAX_EMPTY_PAGES:
        raise _paging_error(request, f"returned {empty_count} empty pages in a row")
    if page_count >= max_pages:
        raise _paging_error(
            request, f"returned {page_count} pages, far more than its total promised"
        )


def _positive_int(payload: Any, path: str, default: int) -> int:
    """Return the positive integer at a path; another value was sent without validation."""
    value = get_path(payload, path)
    return value if isinstance(value, int) and value > 0 else default


def _paging_error(request: Request, detail: str) -> OutcomeUnknown:
    return OutcomeUnknown(f"the server {detail}", action=request.action)


def _pagination(method: Method) -> Pagination:
    assert method.pagination
    return method.pagination


def _with_value(method: Method, payload: Any, path: str, value: Any) -> dict[str, Any]:
    changed, problems = build(method, payload or {}, [(path.split("."), value)])
    if problems:
        raise UsageError("; ".join(map(str, problems)))
    return changed
