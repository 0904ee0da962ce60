"""Test the chapter "thread tags"."""

from rtmcli.catalogue.v3_0.thread_tags import CHAPTER

TAG, UNTAG = CHAPTER.methods


def test_the_actions_have_no_trailing_tab() -> None:
    """The reference has one."""
    assert (TAG.action, UNTAG.action) == ("tag_chat_thread", "untag_chat_thread")


def test_both_methods_take_the_same_parameters() -> None:
    """Their pushes contain all three."""
    for method in (TAG, UNTAG):
        assert [param.path for param in method.params] == ["chat_id", "thread_id", "tag"]
        assert method.push_keys == {"chat_id": "chat_id", "thread_id": "thread_id", "tag": "tag"}
    assert (TAG.push, UNTAG.push) == ("chat_thread_tagged", "chat_thread_untagged")


def test_both_methods_have_the_same_note_on_retries() -> None:
    """A second call may fail although the first one succeeded."""
    assert TAG.retry_note
    assert TAG.retry_note == UNTAG.retry_note
