"""Following pages: every item once, in order, and every walk ends. `ask` is the test's own list."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.catalogue import API
from rtmcli.errors import OutcomeUnknown, PartlyFailed, UsageError
from rtmcli.flows.paginate import Page, first_page_payload, iter_pages
from rtmcli.protocol.messages import Request, Response

BY_CURSOR = API.methods["get_customers"]
BY_NUMBER = API.methods["get_archives"]
CallFunction = Callable[[Request], Response]


def make_response(request: Request, payload: dict[str, Any]) -> Response:
    """Make a successful answer."""
    return Response(request.action, request.request_id, success=True, payload=payload, envelope={})


def serve_by_cursor(items: list[int]) -> CallFunction:
    """Serve a list whose pages are named by where they begin."""

    def call(request: Request) -> Response:
        start, limit = int(request.payload.get("page_id", "0")), request.payload["limit"]
        page: dict[str, Any] = {"customers": items[start : start + limit]}
        if start + limit < len(items):
            page["next_page_id"] = str(start + limit)
        return make_response(request, {**page, "total_customers": len(items)})

    return call


def serve_by_number(items: list[int], *, total: bool = True) -> CallFunction:
    """Serve a list whose pages have numbers."""

    def call(request: Request) -> Response:
        pagination = request.payload["pagination"]
        start = (pagination.get("page", 1) - 1) * pagination["limit"]
        found = {"pagination": {"total": len(items)}} if total else {}
        return make_response(
            request, {"chats": items[start : start + pagination["limit"]], **found}
        )

    return call


def collect_items(call: CallFunction, method: Any, payload: dict[str, Any]) -> list[Any]:
    """Follow a list to its end."""
    request = Request(method.action, first_page_payload(method, payload, None))
    return [item for page in iter_pages(method, request, call) for item in page.items]


sizes = st.integers(min_value=0, max_value=60)
limits = st.integers(min_value=1, max_value=20)


@given(size=sizes, limit=limits)
def test_a_list_paged_by_cursor_comes_whole(size: int, limit: int) -> None:
    """Each item once, in order, whatever the size of a page."""
    items = list(range(size))
    assert collect_items(serve_by_cursor(items), BY_CURSOR, {"limit": limit}) == items


@given(size=sizes, limit=limits, total=st.booleans())
def test_a_list_paged_by_number_comes_whole(size: int, limit: int, total: bool) -> None:
    """The same for numbers, with a total and without one."""
    items = list(range(size))
    payload = {"pagination": {"limit": limit}}
    assert collect_items(serve_by_number(items, total=total), BY_NUMBER, payload) == items


@given(size=sizes, start=st.integers(min_value=1, max_value=5))
def test_a_walk_begins_where_the_payload_says(size: int, start: int) -> None:
    """So an interrupted one can be taken up again."""
    items = list(range(size))
    payload = {"pagination": {"limit": 10, "page": start}}
    assert collect_items(serve_by_number(items), BY_NUMBER, payload) == items[(start - 1) * 10 :]


def test_pages_are_as_large_as_may_be() -> None:
    """Unless the payload says otherwise, or fewer items are wanted."""
    assert first_page_payload(BY_CURSOR, {"order": "asc"}, None) == {"order": "asc", "limit": 100}
    assert first_page_payload(BY_CURSOR, {}, 7) == {"limit": 7}
    assert first_page_payload(BY_CURSOR, {}, 700) == {"limit": 100}
    assert first_page_payload(BY_CURSOR, {"limit": 3}, 7) == {"limit": 3}
    assert first_page_payload(BY_NUMBER, {"filters": {}}, None) == {
        "filters": {},
        "pagination": {"limit": 100},
    }


def test_the_payload_that_was_given_stays_as_it_was() -> None:
    """What follows a list works on copies."""
    payload = {"pagination": {"page": 1}}
    collect_items(serve_by_number(list(range(300))), BY_NUMBER, payload)
    assert payload == {"pagination": {"page": 1}}


def test_pages_without_items_are_refused() -> None:
    """A limit of 0 is a documented way to get the total, but no way to get items."""
    with pytest.raises(UsageError, match=r"pagination\.limit must be at least 1"):
        first_page_payload(BY_NUMBER, {"pagination": {"limit": 0}}, None)


def test_filters_and_order_are_the_same_on_all_pages() -> None:
    """Only the cursor changes from one request to the next."""
    asked = []
    ask = serve_by_cursor(list(range(5)))

    def listen(request: Request) -> Response:
        asked.append(request.payload)
        return ask(request)

    collect_items(
        listen, BY_CURSOR, {"order": "asc", "filters": {"name": {"values": ["A"]}}, "limit": 2}
    )
    first = {"order": "asc", "filters": {"name": {"values": ["A"]}}, "limit": 2}
    assert asked == [first, {**first, "page_id": "2"}, {**first, "page_id": "4"}]


def test_each_page_names_the_next() -> None:
    """So that whoever is interrupted knows where to go on."""
    request = Request(BY_CURSOR.action, {"limit": 2})
    assert list(iter_pages(BY_CURSOR, request, serve_by_cursor([1, 2, 3]))) == [
        Page([1, 2], "2"),
        Page([3], None),
    ]


@pytest.mark.parametrize("circle", [["a"], ["a", "b"], ["a", "b", "c", "b"]])
def test_a_cursor_that_comes_back_ends_the_walk(circle: list[str]) -> None:
    """A server that leads in circles is told as such, after the items of each page once."""
    names = iter(circle * 5)

    def ask(request: Request) -> Response:
        return make_response(request, {"customers": [1], "next_page_id": next(names)})

    with pytest.raises(OutcomeUnknown, match="for the second time"):
        collect_items(ask, BY_CURSOR, {})


def test_a_page_that_names_itself_ends_the_walk() -> None:
    """Where the user began on that page, too."""

    def ask(request: Request) -> Response:
        return make_response(
            request, {"customers": [1], "next_page_id": request.payload["page_id"]}
        )

    with pytest.raises(OutcomeUnknown, match="for the second time"):
        collect_items(ask, BY_CURSOR, {"page_id": "a"})


def test_empty_pages_without_end_end_the_walk() -> None:
    """Some empty pages may be; ten in a row are too many."""
    names = count()

    def ask(request: Request) -> Response:
        return make_response(request, {"customers": [], "next_page_id": str(next(names))})

    with pytest.raises(OutcomeUnknown, match="10 empty pages in a row"):
        collect_items(ask, BY_CURSOR, {})


def test_many_more_pages_than_promised_end_the_walk() -> None:
    """A list may grow on the way, but not without end."""
    names = count()

    def ask(request: Request) -> Response:
        page = {"customers": [1], "next_page_id": str(next(names)), "total_customers": 50}
        return make_response(request, page)

    with pytest.raises(OutcomeUnknown, match="gave 1001 pages, far more than it promised"):
        collect_items(ask, BY_CURSOR, {})


def test_a_list_longer_than_the_last_page_is_told() -> None:
    """Archives have a thousand pages: what lies behind is out of reach, and not kept silent."""
    got: list[int] = []
    request = Request(BY_NUMBER.action, {"pagination": {"limit": 1}})
    longer = (
        item
        for page in iter_pages(BY_NUMBER, request, serve_by_number([*range(1001)]))
        for item in page.items
    )
    with pytest.raises(PartlyFailed, match="no page after 1000: narrow the filters"):
        got.extend(longer)
    assert got == list(range(1000))
    pages = iter_pages(BY_NUMBER, request, serve_by_number(list(range(1000))))
    assert sum(len(page.items) for page in pages) == 1000


@pytest.mark.parametrize("payload", [{}, {"customers": None}, {"customers": {"0": 1}}])
def test_an_answer_without_the_list_is_no_empty_list(payload: dict[str, Any]) -> None:
    """What is not there is not taken for nothing."""
    with pytest.raises(OutcomeUnknown, match="has no list customers"):
        collect_items(lambda request: make_response(request, payload), BY_CURSOR, {})


@pytest.mark.parametrize("place", [None, 5, "", {"a": 1}, []])
def test_only_a_text_names_a_next_page(place: Any) -> None:
    """Anything else in its place is the end."""

    def ask(request: Request) -> Response:
        return make_response(request, {"customers": [1], "next_page_id": place})

    assert collect_items(ask, BY_CURSOR, {}) == [1]


@pytest.mark.parametrize("limit", ["x", None, 1.5])
def test_a_payload_sent_unchecked_still_ends(limit: Any) -> None:
    """The size of a page is guessed where the payload says something odd."""
    pages = iter([[1, 2], []])

    def ask(request: Request) -> Response:
        return make_response(request, {"chats": next(pages), "pagination": {"total": 200}})

    assert collect_items(ask, BY_NUMBER, {"pagination": {"limit": limit}}) == [1, 2]
