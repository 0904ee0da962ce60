"""Test the chapter "thread tags"."""

from rtmcli.catalogue.v3_0.thread_tags import CHAPTER

TAG, UNTAG = CHAPTER.methods


def test_the_actions_are_clean() -> None:
    """The tab that the reference puts behind one of them is gone."""
    assert (TAG.action, UNTAG.action) == ("tag_chat_thread", "untag_chat_thread")


def test_tagging_and_untagging_mirror_each_other() -> None:
    """Both take a chat, a thread and a tag, and their pushes name all three."""
    for method in (TAG, UNTAG):
        assert [param.path for param in method.params] == ["chat_id", "thread_id", "tag"]
        assert method.push_keys == {"chat_id": "chat_id", "thread_id": "thread_id", "tag": "tag"}
    assert (TAG.push, UNTAG.push) == ("chat_thread_tagged", "chat_thread_untagged")


def test_a_repeated_tag_may_be_refused() -> None:
    """Who repeats is told that a refusal proves nothing."""
    assert TAG.retry_note
    assert TAG.retry_note == UNTAG.retry_note
