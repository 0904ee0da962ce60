"""Lists in pages, and the `page_id`s that lead through them.

A page id is base64 of either of two texts:

- `2:desc`: the number of a page and its order, for chats and threads
- `1517398131496:desc:after:17`: a customer's creation in milliseconds since 1970, the order, on
  which side of the customer the page lies, and the customer's serial number. The first part alone
  will do: then the page begins with what comes after that moment.

A list with filters adds a checksum of them at the end: they must not change between pages.
"""

import base64
import binascii
import json
import re
import zlib
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TypeVar

from rtmcli.row import Row
from rtmcli.sandbox.state import refuse

DEFAULT_LIMIT = 10
Item = TypeVar("Item")

_NUMBERED = re.compile(r"([1-9][0-9]{0,8}):(asc|desc)(?::([0-9a-f]{8}))?")
_TIMED = re.compile(
    r"([0-9]{1,17})(?::(asc|desc):(after|before):([0-9]{1,17})(?::([0-9a-f]{8}))?)?"
)


class Part(Row):
    """One page: its items, and the members of the answer that lead on and back."""

    items: list[Any]
    links: dict[str, str]


def _encode(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _unknown(page_id: str) -> NoReturn:
    refuse(f"page_id {page_id} is none that this method gave")


def _decode(page_id: str, pattern: re.Pattern[str]) -> re.Match[str]:
    try:
        text = base64.b64decode(page_id, validate=True).decode()
    except (binascii.Error, ValueError):
        _unknown(page_id)
    return pattern.fullmatch(text) or _unknown(page_id)


def checksum(filters: Any) -> str:
    """Return eight digits that stand for filters; none stand for no filters."""
    if not filters:
        return ""
    text = json.dumps(filters, sort_keys=True, default=repr)
    return f"{zlib.crc32(text.encode('utf-8', 'surrogatepass')):08x}"


def _settings(payload: dict[str, Any]) -> tuple[int, str]:
    limit = payload.get("limit", DEFAULT_LIMIT)
    if limit < 1:
        refuse(f"limit must be at least 1, not {limit}")
    return limit, payload.get("order", "")


def _agree(page: tuple[str, str | None], payload: dict[str, Any]) -> None:
    """Refuse a page id whose order or filters are not those of the request."""
    order, summed = page
    if payload.get("order", order) != order:
        refuse(f"page_id belongs to order {order}: order must not change between pages")
    if (summed or "") != checksum(payload.get("filters")):
        refuse("filters must not change between pages")


def numbered(ascending: Sequence[Item], payload: dict[str, Any]) -> Part:
    """Return the page that a request asks for, of items that come oldest first."""
    limit, order = _settings(payload)
    number = 1
    if "page_id" in payload:
        found = _decode(payload["page_id"], _NUMBERED)
        number, order = int(found[1]), found[2]
        _agree((order, found[3]), payload)
    order = order or "desc"
    items = ascending if order == "asc" else ascending[::-1]
    start = (number - 1) * limit
    tail = f":{order}" + (f":{summed}" if (summed := checksum(payload.get("filters"))) else "")
    links = {}
    if start + limit < len(items):
        links["next_page_id"] = _encode(f"{number + 1}{tail}")
    if number > 1:
        links["previous_page_id"] = _encode(f"{number - 1}{tail}")
    return Part(list(items[start : start + limit]), links)


def timed(
    ascending: Sequence[Item], payload: dict[str, Any], key: Callable[[Item], tuple[int, int]]
) -> Part:
    """Return the page that a request asks for, of items that come oldest first.

    `key` gives an item's creation in milliseconds and its serial number; both grow.
    """
    limit, order = _settings(payload)
    side, place = "after", None
    if "page_id" in payload:
        found = _decode(payload["page_id"], _TIMED)
        if found[2]:
            order, side, place = found[2], found[3], (int(found[1]), int(found[4]))
            _agree((order, found[5]), payload)
        else:
            place = (int(found[1]), 0)
    order = order or "desc"
    items = ascending if order == "asc" else ascending[::-1]
    start = 0 if place is None else _position(items, place, key, up=order == "asc", side=side)
    if side == "before":
        start, end = max(0, start - limit), start
    else:
        end = min(start + limit, len(items))
    page = items[start:end]
    summed = checksum(payload.get("filters"))
    tail = f":{summed}" if summed else ""

    def link(item: Item, towards: str) -> str:
        moment, serial = key(item)
        return _encode(f"{moment}:{order}:{towards}:{serial}{tail}")

    links = {}
    if page and end < len(items):
        links["next_page_id"] = link(page[-1], "after")
    if page and start > 0:
        links["previous_page_id"] = link(page[0], "before")
    return Part(list(page), links)


def _position(
    items: Sequence[Item],
    place: tuple[int, int],
    key: Callable[[Item], tuple[int, int]],
    *,
    up: bool,
    side: str,
) -> int:
    """Return where the page after a place begins, or where the page before it ends."""
    for index, item in enumerate(items):
        found = key(item)
        if found == place:
            return index + 1 if side == "after" else index
        if (found > place) is up:
            return index
    return len(items)
