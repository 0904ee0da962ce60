"""Pagination: pages of lists, and their `page_id`s.

A page id is base64 of one of two texts:

- `2:desc`: the number and the order of a page of chats or threads
- `1517398131496:desc:after:17`: the creation time of a customer in milliseconds since 1970, the
  order, whether the page is after or before that customer, and the customer's serial number. If
  only the time is given, the page starts after that time.

If the list has filters, a checksum of them is appended: they must not change between pages.
"""

import base64
import binascii
import json
import re
import zlib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, NoReturn, TypeVar

from rtmcli.sandbox.domain.errors import reject

DEFAULT_LIMIT = 10
Item = TypeVar("Item")

_NUMBER_PAGE_ID = re.compile(r"([1-9][0-9]{0,8}):(asc|desc)(?::([0-9a-f]{8}))?")
_TIME_PAGE_ID = re.compile(
    r"([0-9]{1,17})(?::(asc|desc):(after|before):([0-9]{1,17})(?::([0-9a-f]{8}))?)?"
)


class Page(NamedTuple):
    """A page: its items, and `next_page_id` and `previous_page_id` if there are such pages."""

    items: list[Any]
    page_ids: dict[str, str]


def _encode(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _refuse_page_id(page_id: str) -> NoReturn:
    reject(f"invalid page_id {page_id}: use one that this method returned")


def _decode(page_id: str, pattern: re.Pattern[str]) -> re.Match[str]:
    try:
        text = base64.b64decode(page_id, validate=True).decode()
    except (binascii.Error, ValueError):
        _refuse_page_id(page_id)
    return pattern.fullmatch(text) or _refuse_page_id(page_id)


def filters_checksum(filters: Any) -> str:
    """Return a checksum of eight hex digits; an empty string if there are no filters."""
    if not filters:
        return ""
    text = json.dumps(filters, sort_keys=True, default=repr)
    return f"{zlib.crc32(text.encode('utf-8', 'surrogatepass')):08x}"


def _limit_and_order(payload: dict[str, Any]) -> tuple[int, str]:
    limit = payload.get("limit", DEFAULT_LIMIT)
    if limit < 1:
        reject(f"limit must be at least 1, not {limit}")
    return limit, payload.get("order", "")


def _check_unchanged(previous: tuple[str, str | None], payload: dict[str, Any]) -> None:
    """Reject a page id whose order or filters differ from the request's."""
    order, checksum = previous
    if payload.get("order", order) != order:
        reject(f"page_id belongs to order {order}: order must not change between pages")
    if (checksum or "") != filters_checksum(payload.get("filters")):
        reject("filters must not change between pages")


def page_by_number(oldest_first: Sequence[Item], payload: dict[str, Any]) -> Page:
    """Return the requested page of a list, by page number."""
    limit, order = _limit_and_order(payload)
    number = 1
    if "page_id" in payload:
        match = _decode(payload["page_id"], _NUMBER_PAGE_ID)
        number, order = int(match[1]), match[2]
        _check_unchanged((order, match[3]), payload)
    order = order or "desc"
    items = oldest_first if order == "asc" else oldest_first[::-1]
    start = (number - 1) * limit
    checksum = filters_checksum(payload.get("filters"))
    suffix = f":{order}:{checksum}" if checksum else f":{order}"
    page_ids = {}
    if start + limit < len(items):
        page_ids["next_page_id"] = _encode(f"{number + 1}{suffix}")
    if number > 1:
        page_ids["previous_page_id"] = _encode(f"{number - 1}{suffix}")
    return Page(list(items[start : start + limit]), page_ids)


def page_by_time(
    oldest_first: Sequence[Item], payload: dict[str, Any], key: Callable[[Item], tuple[int, int]]
) -> Page:
    """Return the requested page of a list, by creation time.

    `key` returns an item's creation time in milliseconds and its serial number; both increase.
    """
    limit, order = _limit_and_order(payload)
    direction, cursor = "after", None
    if "page_id" in payload:
        match = _decode(payload["page_id"], _TIME_PAGE_ID)
        if match[2]:
            order, direction, cursor = match[2], match[3], (int(match[1]), int(match[4]))
            _check_unchanged((order, match[5]), payload)
        else:
            cursor = (int(match[1]), 0)
    order = order or "desc"
    items = oldest_first if order == "asc" else oldest_first[::-1]
    start = 0
    if cursor is not None:
        start = _cursor_index(items, cursor, key, ascending=order == "asc", direction=direction)
    if direction == "before":
        start, end = max(0, start - limit), start
    else:
        end = min(start + limit, len(items))
    checksum = filters_checksum(payload.get("filters"))
    suffix = f":{checksum}" if checksum else ""

    def page_id_at(index: int, page_direction: str) -> str:
        timestamp, serial = key(items[index])
        return _encode(f"{timestamp}:{order}:{page_direction}:{serial}{suffix}")

    page_ids = {}
    if start < end < len(items):
        page_ids["next_page_id"] = page_id_at(end - 1, "after")
    if 0 < start < end:
        page_ids["previous_page_id"] = page_id_at(start, "before")
    return Page(list(items[start:end]), page_ids)


def _cursor_index(
    items: Sequence[Item],
    cursor: tuple[int, int],
    key: Callable[[Item], tuple[int, int]],
    *,
    ascending: bool,
    direction: str,
) -> int:
    """Return the index at which the page after the cursor starts, or the page before it ends."""
    for index, item in enumerate(items):
        item_key = key(item)
        if item_key == cursor:
            return index + 1 if direction == "after" else index
        if (item_key > cursor) is ascending:
            return index
    return len(items)
