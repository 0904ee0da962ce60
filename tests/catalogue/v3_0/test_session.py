"""Test the chapter "login/logout"."""

from rtmcli.catalogue.v3_0.session import CHAPTER, ENTRY
from rtmcli.protocol.validation import Checker

LOGIN, LOGOUT = CHAPTER.methods


def test_the_token_is_the_sessions_business() -> None:
    """The one parameter that is required always is supplied, so that nobody types it."""
    assert [param.path for param in LOGIN.params if param.supplied] == ["token"]
    assert Checker(LOGIN).check({}) == []


def test_a_platform_is_due_where_notifications_are_asked_for() -> None:
    """The platform is required inside an object that is not."""
    assert [problem.path for problem in Checker(LOGIN).check({"push_notifications": {}})] == [
        "push_notifications.platform"
    ]


def test_logging_out_takes_and_tells_nothing() -> None:
    """The method logout has no parameters and no answer."""
    assert (LOGOUT.params, LOGOUT.answer, LOGOUT.push) == ((), (), "")


def test_neither_needs_a_scope() -> None:
    """Any token may log in and out."""
    assert [method.scopes for method in CHAPTER.methods] == [(), ()]


def test_a_session_begins_with_what_the_login_takes_and_tells() -> None:
    """The parameters are those of the login's row, and the facts lie in its answer."""
    program, name, version = ENTRY.program
    paths = (ENTRY.token, ENTRY.reconnect, *ENTRY.settings, f"{program}.{name}")
    assert {*paths, f"{program}.{version}"} <= {param.path for param in LOGIN.params}
    assert {path.partition(".")[0] for path in ENTRY.facts.values()} <= set(LOGIN.answer)
