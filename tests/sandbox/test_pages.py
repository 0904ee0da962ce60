"""Pages: walking a list forth and back, by number and by moment."""

import base64
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.sandbox import pages
from rtmcli.sandbox.seam import Refusal


class Item(NamedTuple):
    """Something in a list."""

    moment: int
    serial: int


def key(item: Item) -> tuple[int, int]:
    """Tell an item's moment and serial number."""
    return item


def items(moments: list[int]) -> list[Item]:
    """Make items, the oldest first; several may be as old as each other."""
    return [Item(moment, serial) for serial, moment in enumerate(sorted(moments), start=1)]


def one_page(kind: str, ascending: list[Item], payload: dict[str, Any]) -> pages.Part:
    """Get a page of either kind."""
    if kind == "numbered":
        return pages.numbered(ascending, payload)
    return pages.timed(ascending, payload, key)


kinds = pytest.mark.parametrize("kind", ["numbered", "timed"])
orders = st.sampled_from(["asc", "desc", None])
lists = st.lists(st.integers(0, 30), max_size=25).map(items)


@kinds
@given(
    ascending=lists,
    limit=st.integers(1, 9),
    order=orders,
    filters=st.sampled_from([None, {"a": 1}]),
)
def test_all_pages_forth_and_back_hold_every_item_once(
    kind: str, ascending: list[Item], limit: int, order: str | None, filters: Any
) -> None:
    """All next_page_ids in turn give all items in order, all previous_page_ids give them back."""
    payload: dict[str, Any] = {"limit": limit}
    payload |= {"order": order} if order else {}
    payload |= {"filters": filters} if filters else {}
    wanted = ascending if order == "asc" else ascending[::-1]

    walked = [one_page(kind, ascending, payload)]
    while "next_page_id" in walked[-1].links:
        following = {**payload, "page_id": walked[-1].links["next_page_id"]}
        walked.append(one_page(kind, ascending, following))
    back = [walked[-1]]
    while "previous_page_id" in back[-1].links:
        leading = {**payload, "page_id": back[-1].links["previous_page_id"]}
        back.append(one_page(kind, ascending, leading))

    assert [item for page in walked for item in page.items] == wanted
    assert [page.items for page in back] == [page.items for page in walked[::-1]]


@kinds
def test_a_page_has_ten_items_newest_first_unless_asked_otherwise(kind: str) -> None:
    """The defaults: a limit of 10, and the order desc."""
    ascending = items(list(range(25)))

    assert one_page(kind, ascending, {}).items == ascending[:14:-1]


@kinds
def test_a_page_id_keeps_its_order(kind: str) -> None:
    """A page id needs no order beside it, and refuses another one."""
    ascending = items(list(range(9)))
    page_id = one_page(kind, ascending, {"order": "asc", "limit": 4}).links["next_page_id"]

    assert one_page(kind, ascending, {"page_id": page_id, "limit": 4}).items == ascending[4:8]
    with pytest.raises(Refusal, match="order must not change"):
        one_page(kind, ascending, {"page_id": page_id, "order": "desc"})


@kinds
def test_filters_must_not_change_between_pages(kind: str) -> None:
    """A page id refuses other filters than those that it was made for."""
    ascending = items(list(range(9)))
    first = one_page(kind, ascending, {"limit": 4, "filters": {"a": 1}})
    page_id = first.links["next_page_id"]

    assert one_page(kind, ascending, {"page_id": page_id, "limit": 4, "filters": {"a": 1}}).items
    for filters in ({"filters": {"a": 2}}, {}):
        with pytest.raises(Refusal, match="filters must not change"):
            one_page(kind, ascending, {"page_id": page_id, **filters})


@kinds
@pytest.mark.parametrize("page_id", ["", "nonsense", "bm9uc2Vuc2U=", "MDpkZXNj", "żółw", "//79"])
def test_a_page_id_that_nobody_gave_is_refused(kind: str, page_id: str) -> None:
    """What is no base64, or reads as no page, is refused."""
    with pytest.raises(Refusal, match="page_id"):
        one_page(kind, items([1]), {"page_id": page_id})


@kinds
def test_a_limit_below_one_is_refused(kind: str) -> None:
    """A page has at least one item."""
    with pytest.raises(Refusal, match="limit must be at least 1, not 0"):
        one_page(kind, items([1]), {"limit": 0})


def test_numbered_page_ids_read_as_the_documents_samples() -> None:
    """A page id of threads is base64 of page and order: the sample MjpkZXNj is 2:desc."""
    ascending = items(list(range(25)))

    assert pages.numbered(ascending, {}).links == {"next_page_id": "MjpkZXNj"}
    assert pages.numbered(ascending, {"page_id": "MjpkZXNj"}).items == ascending[14:4:-1]


def test_behind_the_last_item_there_is_nothing() -> None:
    """A moment before all items leads to an empty page."""
    page_id = base64.b64encode(b"5").decode()
    assert pages.timed(items([7, 8]), {"page_id": page_id}, key) == ([], {})


def test_the_documents_sample_of_a_moment_is_understood() -> None:
    """A page id of milliseconds alone begins with what comes after that moment."""
    ascending = [Item(1_517_398_131_000 + number, number) for number in range(1, 999)]
    page = pages.timed(ascending, {"page_id": "MTUxNzM5ODEzMTQ5Ng=="}, key)

    assert base64.b64decode("MTUxNzM5ODEzMTQ5Ng==") == b"1517398131496"
    assert page.items[0].moment == 1_517_398_131_495
