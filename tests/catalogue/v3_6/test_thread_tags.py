"""Test the chapter "Thread tags"."""

from rtmcli.catalogue.v3_6.thread_tags import CHAPTER

TAG, UNTAG = CHAPTER.methods


def test_both_methods_take_the_same_parameters() -> None:
    """Their pushes contain all three."""
    for method in (TAG, UNTAG):
        assert [param.path for param in method.params] == ["chat_id", "thread_id", "tag"]
        assert method.push_keys == {"chat_id": "chat_id", "thread_id": "thread_id", "tag": "tag"}
    assert (TAG.push, UNTAG.push) == ("thread_tagged", "thread_untagged")
