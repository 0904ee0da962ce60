"""Pages: every item is returned once and in order, and iterating always ends."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.catalogue.v3_0 import API
from rtmcli.catalogue.versions import load
from rtmcli.errors import OutcomeUnknown, PartlyFailed, UsageError
from rtmcli.flows.paginate import Page, first_page_payload, iter_pages
from rtmcli.protocol.messages import Request, Response

BY_CURSOR = API.methods["get_customers"]
BY_NUMBER = API.methods["get_archives"]
CallFunction = Callable[[Request], Response]


def make_response(request: Request, payload: dict[str, Any]) -> Response:
    """Make a successful response."""
    return Response(request.action, request.request_id, success=True, payload=payload, envelope={})


def serve_by_cursor(items: list[int]) -> CallFunction:
    """Serve a list whose cursors are the index of the first item."""

    def call(request: Request) -> Response:
        start, limit = int(request.payload.get("page_id", "0")), request.payload["limit"]
        page: dict[str, Any] = {"customers": items[start : start + limit]}
        if start + limit < len(items):
            page["next_page_id"] = str(start + limit)
        return make_response(request, {**page, "total_customers": len(items)})

    return call


def serve_by_number(items: list[int], *, total: bool = True) -> CallFunction:
    """Serve a list whose pages are numbered."""

    def call(request: Request) -> Response:
        pagination = request.payload["pagination"]
        start = (pagination.get("page", 1) - 1) * pagination["limit"]
        found = {"pagination": {"total": len(items)}} if total else {}
        return make_response(
            request, {"chats": items[start : start + pagination["limit"]], **found}
        )

    return call


def collect_items(call: CallFunction, method: Any, payload: dict[str, Any]) -> list[Any]:
    """Return the items of all pages."""
    request = Request(method.action, first_page_payload(method, payload, None))
    return [item for page in iter_pages(method, request, call) for item in page.items]


sizes = st.integers(min_value=0, max_value=60)
limits = st.integers(min_value=1, max_value=20)


@given(size=sizes, limit=limits)
def test_a_list_paged_by_cursor_is_complete(size: int, limit: int) -> None:
    """Each item once, in order, whatever the page size."""
    items = list(range(size))
    assert collect_items(serve_by_cursor(items), BY_CURSOR, {"limit": limit}) == items


@given(size=sizes, limit=limits, total=st.booleans())
def test_a_list_paged_by_number_is_complete(size: int, limit: int, total: bool) -> None:
    """With and without a total."""
    items = list(range(size))
    payload = {"pagination": {"limit": limit}}
    assert collect_items(serve_by_number(items, total=total), BY_NUMBER, payload) == items


@given(size=sizes, start=st.integers(min_value=1, max_value=5))
def test_the_payload_may_name_the_first_page(size: int, start: int) -> None:
    """An interrupted command can be continued."""
    items = list(range(size))
    payload = {"pagination": {"limit": 10, "page": start}}
    assert collect_items(serve_by_number(items), BY_NUMBER, payload) == items[(start - 1) * 10 :]


def test_pages_are_as_large_as_allowed() -> None:
    """Unless the payload has a limit, or fewer items are wanted."""
    assert first_page_payload(BY_CURSOR, {"order": "asc"}, None) == {"order": "asc", "limit": 100}
    assert first_page_payload(BY_CURSOR, {}, 7) == {"limit": 7}
    assert first_page_payload(BY_CURSOR, {}, 700) == {"limit": 100}
    assert first_page_payload(BY_CURSOR, {"limit": 3}, 7) == {"limit": 3}
    assert first_page_payload(BY_NUMBER, {"filters": {}}, None) == {
        "filters": {},
        "pagination": {"limit": 100},
    }


def test_the_payload_is_not_modified() -> None:
    """Each request has a copy."""
    payload = {"pagination": {"page": 1}}
    collect_items(serve_by_number(list(range(300))), BY_NUMBER, payload)
    assert payload == {"pagination": {"page": 1}}


def test_a_limit_of_zero_is_refused() -> None:
    """It is a documented way to get the total, but returns no items."""
    with pytest.raises(UsageError, match=r"pagination\.limit must be at least 1"):
        first_page_payload(BY_NUMBER, {"pagination": {"limit": 0}}, None)


def test_filters_and_order_are_the_same_on_all_pages() -> None:
    """Only the cursor changes from one request to the next."""
    requested = []
    serve = serve_by_cursor(list(range(5)))

    def call(request: Request) -> Response:
        requested.append(request.payload)
        return serve(request)

    collect_items(
        call, BY_CURSOR, {"order": "asc", "filters": {"name": {"values": ["A"]}}, "limit": 2}
    )
    first = {"order": "asc", "filters": {"name": {"values": ["A"]}}, "limit": 2}
    assert requested == [first, {**first, "page_id": "2"}, {**first, "page_id": "4"}]


def test_each_page_names_the_next() -> None:
    """An interruption can say how to continue."""
    request = Request(BY_CURSOR.action, {"limit": 2})
    assert list(iter_pages(BY_CURSOR, request, serve_by_cursor([1, 2, 3]))) == [
        Page([1, 2], "2", 3),
        Page([3], None, 3),
    ]


@pytest.mark.parametrize("circle", [["a"], ["a", "b"], ["a", "b", "c", "b"]])
def test_a_repeated_cursor_is_an_error(circle: list[str]) -> None:
    """After the items of each page."""
    names = iter(circle * 5)

    def call(request: Request) -> Response:
        return make_response(request, {"customers": [1], "next_page_id": next(names)})

    with pytest.raises(OutcomeUnknown, match="the same next page twice"):
        collect_items(call, BY_CURSOR, {})


def test_a_page_that_names_itself_is_an_error() -> None:
    """Even if it is the first page."""

    def call(request: Request) -> Response:
        return make_response(
            request, {"customers": [1], "next_page_id": request.payload["page_id"]}
        )

    with pytest.raises(OutcomeUnknown, match="the same next page twice"):
        collect_items(call, BY_CURSOR, {"page_id": "a"})


def test_many_empty_pages_are_an_error() -> None:
    """A few are accepted, but not ten in a row."""
    names = count()

    def call(request: Request) -> Response:
        return make_response(request, {"customers": [], "next_page_id": str(next(names))})

    with pytest.raises(OutcomeUnknown, match="10 empty pages in a row"):
        collect_items(call, BY_CURSOR, {})


def test_many_more_pages_than_the_total_promises_are_an_error() -> None:
    """A list may grow meanwhile, but not without end."""
    names = count()

    def call(request: Request) -> Response:
        page = {"customers": [1], "next_page_id": str(next(names)), "total_customers": 50}
        return make_response(request, page)

    with pytest.raises(
        OutcomeUnknown, match="returned 1001 pages, far more than its total promised"
    ):
        collect_items(call, BY_CURSOR, {})


def test_items_beyond_the_last_page_are_an_error() -> None:
    """Archives have at most 1000 pages."""
    received: list[int] = []
    request = Request(BY_NUMBER.action, {"pagination": {"limit": 1}})
    items = (
        item
        for page in iter_pages(BY_NUMBER, request, serve_by_number([*range(1001)]))
        for item in page.items
    )
    with pytest.raises(PartlyFailed, match="no page after 1000; narrow the filters"):
        received.extend(items)
    assert received == list(range(1000))
    pages = iter_pages(BY_NUMBER, request, serve_by_number(list(range(1000))))
    assert sum(len(page.items) for page in pages) == 1000


@pytest.mark.parametrize("payload", [{}, {"customers": None}, {"customers": {"0": 1}}])
def test_a_response_without_the_list_is_an_error(payload: dict[str, Any]) -> None:
    """It is not an empty list."""
    with pytest.raises(OutcomeUnknown, match="has no list customers"):
        collect_items(lambda request: make_response(request, payload), BY_CURSOR, {})


@pytest.mark.parametrize("cursor", [None, 5, "", {"a": 1}, []])
def test_a_cursor_is_a_non_empty_string(cursor: Any) -> None:
    """Anything else ends the list."""

    def call(request: Request) -> Response:
        return make_response(request, {"customers": [1], "next_page_id": cursor})

    assert collect_items(call, BY_CURSOR, {}) == [1]


@pytest.mark.parametrize("limit", ["x", None, 1.5])
def test_an_unvalidated_limit_does_not_stop_the_pages(limit: Any) -> None:
    """The default page size is assumed."""
    pages = iter([[1, 2], []])

    def call(request: Request) -> Response:
        return make_response(request, {"chats": next(pages), "pagination": {"total": 200}})

    assert collect_items(call, BY_NUMBER, {"pagination": {"limit": limit}}) == [1, 2]


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("list_chats", {"page_id": "x"}),
        ("list_archives", {"filters": {"thread_ids": ["K600PKZON8"]}}),
        ("list_threads", {"chat_id": "A", "min_events_count": 3}),
    ],
)
def test_no_limit_is_sent_beside_what_excludes_it(action: str, payload: dict[str, Any]) -> None:
    """API 3.6 refuses it; other payloads get one."""
    method = load("3.6").methods[action]
    assert first_page_payload(method, payload, 5) == payload
    assert first_page_payload(method, {}, 5) == {"limit": 5}
