"""Test the parameters of lists."""

from rtmcli.catalogue.v3_6 import API
from rtmcli.catalogue.v3_6.pagination import (
    LIMIT,
    PAGE_ID,
    PAGE_ID_RULE,
    SORT_ORDER,
    pagination,
    response_fields,
)


def test_all_lists_share_the_parameters_and_the_rule() -> None:
    """Only their default limits differ."""
    lists = [method for method in API.methods.values() if method.pagination]
    assert len(lists) == 3
    for method in lists:
        assert {PAGE_ID, SORT_ORDER} <= set(method.params)
        assert PAGE_ID_RULE in method.rules


def test_the_defaults_match_the_documentation() -> None:
    """Ten items per page, at most 100, the newest first."""
    assert (LIMIT.default, LIMIT.at_least, LIMIT.at_most) == ("10", 1, 100)
    assert (SORT_ORDER.default, SORT_ORDER.choices) == ("desc", ("asc", "desc"))


def test_a_cursor_is_sent_alone() -> None:
    """The first request's parameters are not repeated."""
    pages = pagination("items", "total")
    assert (pages.items_path, pages.total_path) == ("items", "total")
    assert (pages.cursor_param, pages.next_cursor_path) == ("page_id", "next_page_id")
    assert pages.cursor_excludes == ("filters", "limit", "sort_order")


def test_a_response_may_name_the_neighboring_pages() -> None:
    """At the ends they are absent."""
    assert response_fields("items", "total") == (
        "items",
        "total",
        "next_page_id?",
        "previous_page_id?",
    )
