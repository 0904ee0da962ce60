"""Thread tags."""

import pytest
from support.license_client import CHAT, THREAD, LicenseClient

TAG = {"chat_id": CHAT, "thread_id": THREAD, "tag": "bug_report"}


def test_a_tag_is_added_and_removed() -> None:
    """A thread has the tag until it is untagged; without tags it has no member `tags`."""
    client = LicenseClient()
    tagged = client.first_push("tag_chat_thread", TAG)
    during = client.fetch_thread()["tags"]
    untagged = client.first_push("untag_chat_thread", TAG)

    assert (tagged.name, tagged.payload) == ("chat_thread_tagged", TAG)
    assert during == ["bug_report"]
    assert (untagged.name, untagged.payload) == ("chat_thread_untagged", TAG)
    assert "tags" not in client.fetch_thread()


def test_a_thread_has_a_tag_once() -> None:
    """Tagging twice and untagging a missing tag succeed and are pushed."""
    client = LicenseClient()

    assert [client.push_names("tag_chat_thread", TAG) for _ in "ab"] == [["chat_thread_tagged"]] * 2
    assert client.fetch_thread()["tags"] == ["bug_report"]
    assert [client.push_names("untag_chat_thread", TAG) for _ in "ab"] == [
        ["chat_thread_untagged"]
    ] * 2


@pytest.mark.parametrize("action", ["tag_chat_thread", "untag_chat_thread"])
def test_unknown_threads_are_rejected(action: str) -> None:
    """An unknown chat or thread is rejected."""
    client = LicenseClient()

    assert client.expect_error(action, {**TAG, "chat_id": "X"}) == "validation: chat X not found"
    error = client.expect_error(action, {**TAG, "thread_id": "X"})
    assert error == f"validation: thread X not found in chat {CHAT}"
