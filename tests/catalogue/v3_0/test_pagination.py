"""Test the parameters of lists that are paginated by cursor."""

from rtmcli.catalogue.v3_0 import API
from rtmcli.catalogue.v3_0.pagination import LIMIT, ORDER, PAGE_ID


def test_three_lists_share_the_parameters() -> None:
    """They take the same page_id, limit and order."""
    assert {
        action
        for action, method in API.methods.items()
        if {PAGE_ID, LIMIT, ORDER} <= set(method.params)
    } == {"get_customers", "get_chats_summary", "get_chat_threads_summary"}


def test_the_defaults_match_the_documentation() -> None:
    """Ten items per page, at most 100, the newest first."""
    assert (LIMIT.default, LIMIT.at_most) == ("10", 100)
    assert (ORDER.default, ORDER.choices) == ("desc", ("asc", "desc"))
