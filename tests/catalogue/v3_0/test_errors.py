"""Test the error types and disconnect reasons against tables typed from the documentation."""

from rtmcli.catalogue.model import Recovery
from rtmcli.catalogue.v3_0.errors import ERRORS, REASONS

MESSAGES = {
    "internal": "Internal server error",
    "validation": "Wrong format of request",
    "authorization": "Authorization error",
    "authentication": "Authentication error",
    "request_timeout": "Request timed out",
    "license_expired": "License expired",
    "unsupported_version": "Unsupported version",
    "misdirected_request": "Wrong region",
    "entity_too_large": "Upload limit exceeded (10MB)",
    "wrong_product_version": "Wrong product version",
    "license_not_found": "License not found",
    "requester_already_offline": "Requester is already offline",
    "pending_requests_limit_reached": "Requests limit reached",
    "requester_awaiting_approval": "Requester awaiting approval",
    "requester_suspended": "Requester suspended",
    "seats_limit_exceeded": "Seats limit exceeded",
    "too_many_requests": "Too many requests",
    "chat_inactive": "Chat is inactive",
    "service_unavailable": "Service unavailable",
}
ERROR_TYPES_BY_RECOVERY = {
    Recovery.REPORT: ("validation entity_too_large requester_already_offline chat_inactive"),
    Recovery.REFRESH_TOKEN: "authentication",
    Recovery.AUTH_FAILED: (
        "authorization license_expired wrong_product_version license_not_found"
        " requester_awaiting_approval requester_suspended seats_limit_exceeded"
    ),
    Recovery.RETRY: "pending_requests_limit_reached too_many_requests service_unavailable",
    Recovery.REDIRECT: "misdirected_request",
    Recovery.CHANGE_VERSION: "unsupported_version",
    Recovery.AMBIGUOUS: "internal request_timeout",
}
LATER_ERROR_TYPES = (
    "pending_requests_limit_reached requester_awaiting_approval requester_suspended"
    " seats_limit_exceeded too_many_requests chat_inactive service_unavailable"
)
REASONS_BY_RECOVERY = {
    Recovery.REFRESH_TOKEN: "access_token_expired",
    Recovery.STOP: (
        "access_token_revoked agent_deleted agent_disconnected_by_server agent_logged_out_remotely"
        " license_expired license_not_found product_version_changed too_many_connections"
        " connection_evicted"
    ),
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
    """Types, default messages and their order are equal."""
    assert [(error.type, error.message) for error in ERRORS] == list(MESSAGES.items())


def test_the_recovery_from_each_error_type() -> None:
    """A call is retried only if the type proves that it was not executed."""
    assert {error.type: error.recovery for error in ERRORS} == recovery_by_name(
        ERROR_TYPES_BY_RECOVERY
    )


def test_later_error_types_are_marked() -> None:
    """Seven types are not in the documents of v3.0."""
    assert [error.type for error in ERRORS if error.since] == LATER_ERROR_TYPES.split()


def test_throttled_calls_are_said_to_be_not_executed() -> None:
    """Five types have advice; that of the retryable ones begins with "not executed"."""
    advice = {error.type: error.advice for error in ERRORS if error.advice}
    assert {type_ for type_, text in advice.items() if text.startswith("not executed")} == set(
        ERROR_TYPES_BY_RECOVERY[Recovery.RETRY].split()
    )
    assert len(advice) == 5


def test_only_authorization_means_a_missing_scope() -> None:
    """Only for this type the error message lists the method's scopes."""
    assert [error.type for error in ERRORS if error.means_missing_scope] == ["authorization"]


def test_the_recovery_from_each_disconnect_reason() -> None:
    """There are 16 reasons."""
    assert {reason.reason: reason.recovery for reason in REASONS} == recovery_by_name(
        REASONS_BY_RECOVERY
    )
    assert len(REASONS) == 16


def test_some_reasons_are_authentication_errors() -> None:
    """Those that concern the token, the agent's account or the license."""
    assert {reason.reason for reason in REASONS if reason.is_auth_error} == {
        "access_token_expired",
        "access_token_revoked",
        "agent_deleted",
        "license_expired",
        "license_not_found",
        "product_version_changed",
    }


def test_names_from_older_documents_are_synonyms() -> None:
    """Two documents of v3.0 disagree on three names."""
    assert {error.type: error.synonym for error in ERRORS if error.synonym} == {
        "requester_already_offline": "requester_offline"
    }
    assert {reason.reason: reason.synonym for reason in REASONS if reason.synonym} == {
        "connection_timeout": "ping_timeout",
        "misdirected_connection": "misdirected_request",
    }


def test_every_name_is_unique() -> None:
    """This includes synonyms."""
    types = [name for error in ERRORS for name in (error.type, error.synonym) if name]
    reasons = [name for row in REASONS for name in (row.reason, row.synonym) if name]
    assert len(types) == len(set(types))
    assert len(reasons) == len(set(reasons))
