"""Pagination forward and back, by number and by time."""

import base64
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.sandbox.domain.errors import DomainError
from rtmcli.sandbox.v3_0 import pagination


class Item(NamedTuple):
    """An item of a list."""

    timestamp: int
    serial: int


def key(item: Item) -> tuple[int, int]:
    """Return an item's creation time and serial number."""
    return item


def make_items(timestamps: list[int]) -> list[Item]:
    """Create items, oldest first; times may be equal."""
    return [Item(moment, serial) for serial, moment in enumerate(sorted(timestamps), start=1)]


def get_page(scheme: str, oldest_first: list[Item], payload: dict[str, Any]) -> pagination.Page:
    """Return a page of either scheme."""
    if scheme == "numbered":
        return pagination.page_by_number(oldest_first, payload)
    return pagination.page_by_time(oldest_first, payload, key)


both_schemes = pytest.mark.parametrize("scheme", ["numbered", "timed"])
orders = st.sampled_from(["asc", "desc", None])
item_lists = st.lists(st.integers(0, 30), max_size=25).map(make_items)


@both_schemes
@given(
    ascending=item_lists,
    limit=st.integers(1, 9),
    order=orders,
    filters=st.sampled_from([None, {"a": 1}]),
)
def test_pages_contain_every_item_once_in_both_directions(
    scheme: str, ascending: list[Item], limit: int, order: str | None, filters: Any
) -> None:
    """next_page_ids yield all items in order, previous_page_ids the same pages in reverse."""
    payload: dict[str, Any] = {"limit": limit}
    payload |= {"order": order} if order else {}
    payload |= {"filters": filters} if filters else {}
    expected = ascending if order == "asc" else ascending[::-1]

    forward_pages = [get_page(scheme, ascending, payload)]
    while "next_page_id" in forward_pages[-1].page_ids:
        following = {**payload, "page_id": forward_pages[-1].page_ids["next_page_id"]}
        forward_pages.append(get_page(scheme, ascending, following))
    backward_pages = [forward_pages[-1]]
    while "previous_page_id" in backward_pages[-1].page_ids:
        leading = {**payload, "page_id": backward_pages[-1].page_ids["previous_page_id"]}
        backward_pages.append(get_page(scheme, ascending, leading))

    assert [item for page in forward_pages for item in page.items] == expected
    assert [page.items for page in backward_pages] == [page.items for page in forward_pages[::-1]]


@both_schemes
def test_the_default_page_has_ten_items_newest_first(scheme: str) -> None:
    """The default limit is 10, the default order desc."""
    ascending = make_items(list(range(25)))

    assert get_page(scheme, ascending, {}).items == ascending[:14:-1]


@both_schemes
def test_a_page_id_determines_the_order(scheme: str) -> None:
    """The order need not be repeated; a different one is rejected."""
    ascending = make_items(list(range(9)))
    page_id = get_page(scheme, ascending, {"order": "asc", "limit": 4}).page_ids["next_page_id"]

    assert get_page(scheme, ascending, {"page_id": page_id, "limit": 4}).items == ascending[4:8]
    with pytest.raises(DomainError, match="order must not change"):
        get_page(scheme, ascending, {"page_id": page_id, "order": "desc"})


@both_schemes
def test_filters_must_not_change_between_pages(scheme: str) -> None:
    """A page id is rejected with other filters."""
    ascending = make_items(list(range(9)))
    first = get_page(scheme, ascending, {"limit": 4, "filters": {"a": 1}})
    page_id = first.page_ids["next_page_id"]

    assert get_page(scheme, ascending, {"page_id": page_id, "limit": 4, "filters": {"a": 1}}).items
    for filters in ({"filters": {"a": 2}}, {}):
        with pytest.raises(DomainError, match="filters must not change"):
            get_page(scheme, ascending, {"page_id": page_id, **filters})


@both_schemes
@pytest.mark.parametrize("page_id", ["", "nonsense", "bm9uc2Vuc2U=", "MDpkZXNj", "żółw", "//79"])
def test_an_invalid_page_id_is_rejected(scheme: str, page_id: str) -> None:
    """It is not base64, or does not decode to a page."""
    with pytest.raises(DomainError, match="page_id"):
        get_page(scheme, make_items([1]), {"page_id": page_id})


@both_schemes
def test_a_limit_below_one_is_rejected(scheme: str) -> None:
    """A page has at least one item."""
    with pytest.raises(DomainError, match="limit must be at least 1, not 0"):
        get_page(scheme, make_items([1]), {"limit": 0})


def test_numbered_page_ids_match_the_documented_sample() -> None:
    """The page id is base64 of page and order: MjpkZXNj is 2:desc."""
    ascending = make_items(list(range(25)))

    assert pagination.page_by_number(ascending, {}).page_ids == {"next_page_id": "MjpkZXNj"}
    assert pagination.page_by_number(ascending, {"page_id": "MjpkZXNj"}).items == ascending[14:4:-1]


def test_a_time_before_all_items_gives_an_empty_page() -> None:
    """The page has no page ids, either."""
    page_id = base64.b64encode(b"5").decode()
    assert pagination.page_by_time(make_items([7, 8]), {"page_id": page_id}, key) == ([], {})


def test_the_documented_sample_of_a_time_is_accepted() -> None:
    """With a time alone, the page starts after that time."""
    ascending = [Item(1_517_398_131_000 + number, number) for number in range(1, 999)]
    page = pagination.page_by_time(ascending, {"page_id": "MTUxNzM5ODEzMTQ5Ng=="}, key)

    assert base64.b64decode("MTUxNzM5ODEzMTQ5Ng==") == b"1517398131496"
    assert page.items[0].timestamp == 1_517_398_131_495
