"""Test error types and disconnect reasons against tables typed from the documentation."""

from rtmcli.catalogue.model import Recovery
from rtmcli.catalogue.v3_6.errors import ERRORS, OTHER_ERRORS, REASONS

MESSAGES = {
    "agent_offline": "Agent offline",
    "authentication": "Authentication error",
    "authorization": "Authorization error",
    "chat_inactive": "Chat is inactive",
    "internal": "Internal server error",
    "license_expired": "License expired",
    "missing_access": "Missing access",
    "not_found": "Not found",
    "pending_requests_limit_reached": "Requests limit reached",
    "requester_already_offline": "Requester is already offline",
    "requester_awaiting_approval": "Requester awaiting approval",
    "request_timeout": "Request timed out",
    "requester_suspended": "Requester suspended",
    "seats_limit_exceeded": "Seats limit exceeded",
    "service_unavailable": "Service unavailable",
    "too_many_requests": "Too many requests",
    "validation": "Wrong format of request",
    "wrong_product_version": "Wrong product version",
}
OTHER_TYPES = (
    "misdirected_request unsupported_version license_not_found limit_reached entity_too_large"
    " already_exists chat_anonymized customer_banned greeting_not_found group_not_found"
    " group_offline group_unavailable groups_offline not_allowed users_limit_reached"
    " transfer_ownership ownership_transfer"
)
ERROR_TYPES_BY_RECOVERY = {
    Recovery.RETRY: "pending_requests_limit_reached service_unavailable too_many_requests",
    Recovery.AMBIGUOUS: "internal request_timeout",
    Recovery.REFRESH_TOKEN: "authentication",
    Recovery.REDIRECT: "misdirected_request",
    Recovery.CHANGE_VERSION: "unsupported_version",
    Recovery.AUTH_FAILED: (
        "authorization license_expired requester_awaiting_approval requester_suspended"
        " seats_limit_exceeded wrong_product_version license_not_found"
    ),
}
REASONS_BY_RECOVERY = {
    Recovery.STOP: (
        "agent_disconnected_by_server agent_logged_out_remotely access_token_revoked"
        " connection_evicted license_expired license_not_found"
        " too_many_connections"
    ),
    Recovery.REFRESH_TOKEN: "access_token_expired",
    Recovery.RECONNECT: "connection_timeout internal_error role_permissions_changed",
    Recovery.RECONNECT_SLOWLY: "too_many_unauthorized_connections",
    Recovery.REDIRECT: "misdirected_connection",
    Recovery.CHANGE_VERSION: "unsupported_version",
}


def recovery_by_name(names_by_recovery: dict[Recovery, str]) -> dict[str, Recovery]:
    """Invert a table."""
    return {
        name: recovery for recovery, names in names_by_recovery.items() for name in names.split()
    }


def test_the_error_types_match_the_documentation() -> None:
    """There are 18; types, default messages and their order are equal."""
    assert len(ERRORS) == 18
    assert [(error.type, error.message) for error in ERRORS] == list(MESSAGES.items())


def test_error_types_of_other_documents_are_known() -> None:
    """A server may send them."""
    assert [error.type for error in OTHER_ERRORS] == OTHER_TYPES.split()
    assert all(error.message for error in OTHER_ERRORS)


def test_the_recovery_from_each_error_type() -> None:
    """A call is retried only if the type proves that it was not executed."""
    special = recovery_by_name(ERROR_TYPES_BY_RECOVERY)
    assert {error.type: error.recovery for error in ERRORS + OTHER_ERRORS} == {
        error.type: special.get(error.type, Recovery.REPORT) for error in ERRORS + OTHER_ERRORS
    }


def test_throttled_calls_are_said_to_be_not_executed() -> None:
    """The advice of the retryable types begins with it."""
    advice = {error.type for error in ERRORS if error.advice.startswith("not executed")}
    assert advice == set(ERROR_TYPES_BY_RECOVERY[Recovery.RETRY].split())


def test_the_reasons_match_the_documentation() -> None:
    """There are 14, each with one recovery."""
    assert len(REASONS) == 14
    assert {reason.reason: reason.recovery for reason in REASONS} == recovery_by_name(
        REASONS_BY_RECOVERY
    )


def test_reasons_about_token_and_license_are_marked() -> None:
    """They exit with 4."""
    assert [reason.reason for reason in REASONS if reason.is_auth_error] == [
        "access_token_revoked",
        "access_token_expired",
        "license_expired",
        "license_not_found",
    ]


def test_one_reason_has_a_synonym() -> None:
    """It is in a sample."""
    assert {reason.reason: reason.synonym for reason in REASONS if reason.synonym} == {
        "misdirected_connection": "misdirected_request"
    }
