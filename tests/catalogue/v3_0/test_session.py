"""Test the chapter "login/logout"."""

from rtmcli.catalogue.v3_0.session import CHAPTER
from rtmcli.protocol.validation import check

LOGIN, LOGOUT = CHAPTER.methods


def test_the_token_is_the_sessions_business() -> None:
    """The one parameter that is required always is supplied, so that nobody types it."""
    assert [param.path for param in LOGIN.params if param.supplied] == ["token"]
    assert check(LOGIN, {}) == []


def test_a_platform_is_due_where_notifications_are_asked_for() -> None:
    """The platform is required inside an object that is not."""
    assert [problem.path for problem in check(LOGIN, {"push_notifications": {}})] == [
        "push_notifications.platform"
    ]


def test_logging_out_takes_and_tells_nothing() -> None:
    """The method logout has no parameters and no answer."""
    assert (LOGOUT.params, LOGOUT.answer, LOGOUT.push) == ((), (), "")


def test_neither_needs_a_scope() -> None:
    """Any token may log in and out."""
    assert [method.scopes for method in CHAPTER.methods] == [(), ()]
