"""Page ids of v3.6: how long they live, and what they refuse."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.license_client import LicenseClient36

from rtmcli.sandbox.domain.errors import DomainError
from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.v3_6 import pagination

MONTH = 30 * 24 * 60 * 60


def test_a_page_id_expires_after_a_month() -> None:
    """The client has to start a new list then."""
    now = [1_600_000_000.0]
    client = LicenseClient36(License(clock=lambda: now[0]))
    page_id = client.call("list_chats", limit=2).payload["next_page_id"]
    now[0] += MONTH - 1
    assert client.call("list_chats", page_id=page_id).payload["chats_summary"]
    now[0] += 1
    assert "in the last month" in client.expect_error("list_chats", page_id=page_id)


@given(st.binary(max_size=40) | st.text(max_size=40).map(str.encode))
def test_anything_else_is_refused(data: bytes) -> None:
    """An id that no method has returned is invalid, however it is encoded."""
    for page_id in (data.decode("latin-1"), base64.urlsafe_b64encode(data).decode()):
        with pytest.raises(DomainError, match="page_id"):
            pagination.read_request("list_chats", {"page_id": page_id}, 0)


@given(st.integers(0, 100), st.sampled_from("ABab09-_"))
def test_a_changed_page_id_is_refused(index: int, character: str) -> None:
    """A checksum protects it."""
    client = LicenseClient36()
    page_id = client.call("list_chats", limit=2).payload["next_page_id"]
    index %= len(page_id.rstrip("="))
    changed = page_id[:index] + character + page_id[index + 1 :]
    bits_changed = base64.urlsafe_b64decode(changed) != base64.urlsafe_b64decode(page_id)

    if bits_changed:
        assert client.expect_error("list_chats", page_id=changed).startswith("validation: ")


def test_page_ids_are_reproducible() -> None:
    """The same seed gives the same ids."""
    first, second = (LicenseClient36(License(seed=3)).call("list_chats", limit=1) for _ in range(2))
    assert first.payload["next_page_id"] == second.payload["next_page_id"]
