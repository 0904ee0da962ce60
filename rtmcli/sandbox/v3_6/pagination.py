"""Pagination: pages of lists, and their `page_id`s.

A page id contains the first request of its list, so that it is sufficient for the following pages,
and the item after or before which its page is: base64 of compressed JSON after a checksum. So it
remains valid if the list changes, and the server need not remember it.
"""

import base64
import binascii
import json
import zlib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, NoReturn, TypeVar

from rtmcli.sandbox.domain.errors import reject
from rtmcli.sandbox.domain.timestamps import MICROSECONDS
from rtmcli.sandbox.interface import Payload

_LIFETIME = 30 * 24 * 60 * 60 * MICROSECONDS  # "one month"
_CHECKSUM_SIZE = 4  # bytes
Item = TypeVar("Item")
Key = tuple[Any, ...]


class Page(NamedTuple):
    """A page: its items, and `next_page_id` and `previous_page_id` if there are such pages."""

    items: list[Any]
    page_ids: dict[str, str]


class PageRequest(NamedTuple):
    """The request of a page: the first request of its list, and where the page is."""

    action: str
    payload: Payload  # of the first request
    direction: str = ""  # "after" or "before" the item with the key; empty: the first page
    key: Key = ()

    @property
    def is_ascending(self) -> bool:
        """Return whether the oldest item is first."""
        return bool(self.payload.get("sort_order") == "asc")


def read_request(action: str, payload: Payload, now: int) -> PageRequest:
    """Return the request of a page; reject an invalid page id, or one that is too old."""
    page_id = payload.get("page_id")
    if page_id is None:
        return PageRequest(action, payload)
    try:
        data = base64.urlsafe_b64decode(page_id)
        text = zlib.decompress(data[_CHECKSUM_SIZE:])
        if data[:_CHECKSUM_SIZE] != zlib.crc32(text).to_bytes(_CHECKSUM_SIZE):
            _refuse(page_id)
        first_action, first_payload, direction, key, created = json.loads(text)
    except (binascii.Error, ValueError, zlib.error):
        _refuse(page_id)
    if first_action != action or not created <= now < created + _LIFETIME:
        _refuse(page_id)
    same_list = all(
        payload[name] == first_payload.get(name) for name in payload if name != "page_id"
    )
    if not same_list:
        reject("page_id belongs to another list")
    return PageRequest(action, first_payload, direction, tuple(key))


def _refuse(page_id: str) -> NoReturn:
    reject(f"invalid page_id {page_id}: use one that this method returned in the last month")


def paginate(
    oldest_first: Sequence[Item],
    request: PageRequest,
    get_key: Callable[[Item], Key],
    *,
    default_limit: int,
    now: int,
) -> Page:
    """Return the requested page; `get_key` returns a key that increases along the list."""
    limit = request.payload.get("limit", default_limit)
    items = list(oldest_first) if request.is_ascending else list(oldest_first)[::-1]
    start = 0
    if request.direction == "after":
        start = sum(not _is_after(get_key(item), request) for item in items)
    elif request.direction == "before":
        end = sum(_is_before(get_key(item), request) for item in items)
        start = max(0, end - limit)
    page_items = items[start : start + limit]

    def page_id_at(item: Item, direction: str) -> str:
        content = [request.action, request.payload, direction, get_key(item), now]
        text = json.dumps(content, separators=(",", ":")).encode("utf-8", "surrogatepass")
        checksum = zlib.crc32(text).to_bytes(_CHECKSUM_SIZE)
        return base64.urlsafe_b64encode(checksum + zlib.compress(text)).decode()

    page_ids = {}
    if page_items and start + limit < len(items):
        page_ids["next_page_id"] = page_id_at(page_items[-1], "after")
    if page_items and start > 0:
        page_ids["previous_page_id"] = page_id_at(page_items[0], "before")
    return Page(page_items, page_ids)


def _is_after(key: Key, request: PageRequest) -> bool:
    return key > request.key if request.is_ascending else key < request.key


def _is_before(key: Key, request: PageRequest) -> bool:
    return key < request.key if request.is_ascending else key > request.key
