"""Thread tags."""

import pytest
from asking import CHAT, THREAD, Asker

TAG = {"chat_id": CHAT, "thread_id": THREAD, "tag": "bug_report"}


def test_tags_come_and_go() -> None:
    """A tag is there from tagging to untagging; without tags a thread has no member for them."""
    asker = Asker()
    tagged = asker.push("tag_chat_thread", TAG)
    during = asker.thread()["tags"]
    untagged = asker.push("untag_chat_thread", TAG)

    assert (tagged.push, tagged.payload) == ("chat_thread_tagged", TAG)
    assert during == ["bug_report"]
    assert (untagged.push, untagged.payload) == ("chat_thread_untagged", TAG)
    assert "tags" not in asker.thread()


def test_a_thread_has_a_tag_once() -> None:
    """Tagging twice, or untagging what is not there, succeeds and is told."""
    asker = Asker()

    assert [asker.told("tag_chat_thread", TAG) for _ in "ab"] == [["chat_thread_tagged"]] * 2
    assert asker.thread()["tags"] == ["bug_report"]
    assert [asker.told("untag_chat_thread", TAG) for _ in "ab"] == [["chat_thread_untagged"]] * 2


@pytest.mark.parametrize("action", ["tag_chat_thread", "untag_chat_thread"])
def test_unknown_threads_are_refused(action: str) -> None:
    """A chat or a thread of it that is not there is refused."""
    asker = Asker()

    assert asker.refused(action, {**TAG, "chat_id": "X"}) == "validation: chat X not found"
    refusal = asker.refused(action, {**TAG, "thread_id": "X"})
    assert refusal == f"validation: thread X not found in chat {CHAT}"
