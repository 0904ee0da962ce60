"""Test the chapter "login/logout"."""

from rtmcli.catalogue.v3_0.session import CHAPTER, LOGIN_SPEC
from rtmcli.protocol.validation import PayloadValidator

LOGIN, LOGOUT = CHAPTER.methods


def test_the_token_is_the_sessions_business() -> None:
    """The one parameter that is required always is supplied, so that nobody types it."""
    assert [param.path for param in LOGIN.params if param.set_by_session] == ["token"]
    assert PayloadValidator(LOGIN).validate({}) == []


def test_a_platform_is_due_where_notifications_are_asked_for() -> None:
    """The platform is required inside an object that is not."""
    assert [
        problem.path for problem in PayloadValidator(LOGIN).validate({"push_notifications": {}})
    ] == ["push_notifications.platform"]


def test_logging_out_takes_and_tells_nothing() -> None:
    """The method logout has no parameters and no answer."""
    assert (LOGOUT.params, LOGOUT.response_fields, LOGOUT.push) == ((), (), "")


def test_neither_needs_a_scope() -> None:
    """Any token may log in and out."""
    assert [method.scopes for method in CHAPTER.methods] == [(), ()]


def test_a_session_begins_with_what_the_login_takes_and_tells() -> None:
    """The parameters are those of the login's row, and the facts lie in its answer."""
    program, name, version = LOGIN_SPEC.application_params
    paths = (
        LOGIN_SPEC.token_param,
        LOGIN_SPEC.reconnect_param,
        *LOGIN_SPEC.profile_params,
        f"{program}.{name}",
    )
    assert {*paths, f"{program}.{version}"} <= {param.path for param in LOGIN.params}
    assert {path.partition(".")[0] for path in LOGIN_SPEC.response_paths.values()} <= set(
        LOGIN.response_fields
    )
