"""Test the chapter "login/logout"."""

from rtmcli.catalogue.v3_0.session import CHAPTER, LOGIN_SPEC
from rtmcli.protocol.validation import PayloadValidator

LOGIN, LOGOUT = CHAPTER.methods


def test_the_session_sets_the_token() -> None:
    """The only parameter that is always required is not expected in the payload."""
    assert [param.path for param in LOGIN.params if param.set_by_session] == ["token"]
    assert PayloadValidator(LOGIN).validate({}) == []


def test_push_notifications_require_a_platform() -> None:
    """The platform is required in an optional object."""
    assert [
        problem.path for problem in PayloadValidator(LOGIN).validate({"push_notifications": {}})
    ] == ["push_notifications.platform"]


def test_logout_takes_and_returns_nothing() -> None:
    """It has no parameters, no response fields and no push."""
    assert (LOGOUT.params, LOGOUT.response_fields, LOGOUT.push) == ((), (), "")


def test_neither_requires_a_scope() -> None:
    """Any token is sufficient."""
    assert [method.scopes for method in CHAPTER.methods] == [(), ()]


def test_the_login_spec_matches_the_method() -> None:
    """Its parameters and response paths exist in the login method."""
    application, name, version = LOGIN_SPEC.application_params
    paths = (
        LOGIN_SPEC.token_param,
        LOGIN_SPEC.reconnect_param,
        *LOGIN_SPEC.profile_params,
        f"{application}.{name}",
    )
    assert {*paths, f"{application}.{version}"} <= {param.path for param in LOGIN.params}
    assert {path.partition(".")[0] for path in LOGIN_SPEC.response_paths.values()} <= set(
        LOGIN.response_fields
    )
