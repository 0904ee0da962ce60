"""The error types and disconnect reasons of v3.0, and how a client recovers from each.

Types and reasons from later documents (`since`) are included, as a server may send them. An
unknown type is reported as is; after an unknown reason the client reconnects.
"""

from rtmcli.catalogue.model import DisconnectReason, ErrorType, Recovery

_TRY_LATER = "not executed; try again later"

ERRORS = (
    ErrorType("internal", "Internal server error", Recovery.AMBIGUOUS),
    ErrorType("validation", "Wrong format of request", Recovery.REPORT),
    ErrorType(
        "authorization", "Authorization error", Recovery.AUTH_FAILED, means_missing_scope=True
    ),
    ErrorType(
        "authentication",
        "Authentication error",
        Recovery.REFRESH_TOKEN,
        advice="the token is invalid or has expired",
    ),
    # The server gives up after 15 seconds; the request may have been executed by then.
    ErrorType("request_timeout", "Request timed out", Recovery.AMBIGUOUS),
    ErrorType(
        "license_expired",
        "License expired",
        Recovery.AUTH_FAILED,
        advice="renew the license",
    ),
    # The client's API version is not served; no other token helps.
    ErrorType("unsupported_version", "Unsupported version", Recovery.CHANGE_VERSION),
    ErrorType("misdirected_request", "Wrong region", Recovery.REDIRECT),
    ErrorType("entity_too_large", "Upload limit exceeded (10MB)", Recovery.REPORT),
    # The license belongs to another product: another account is needed.
    ErrorType("wrong_product_version", "Wrong product version", Recovery.AUTH_FAILED),
    ErrorType("license_not_found", "License not found", Recovery.AUTH_FAILED),
    # Not about the token: the agent is not logged in over RTM.
    ErrorType(
        "requester_already_offline",
        "Requester is already offline",
        Recovery.REPORT,
        synonym="requester_offline",
    ),
    ErrorType(
        "pending_requests_limit_reached",
        "Requests limit reached",
        Recovery.RETRY,
        since="3.1",
        advice=_TRY_LATER,
    ),
    ErrorType(
        "requester_awaiting_approval",
        "Requester awaiting approval",
        Recovery.AUTH_FAILED,
        since="3.1",
    ),
    ErrorType("requester_suspended", "Requester suspended", Recovery.AUTH_FAILED, since="3.1"),
    # The login fails because of the license; a seat will hardly be free within seconds.
    ErrorType("seats_limit_exceeded", "Seats limit exceeded", Recovery.AUTH_FAILED, since="3.1"),
    ErrorType(
        "too_many_requests", "Too many requests", Recovery.RETRY, since="3.2", advice=_TRY_LATER
    ),
    ErrorType("chat_inactive", "Chat is inactive", Recovery.REPORT, since="3.2"),
    ErrorType(
        "service_unavailable", "Service unavailable", Recovery.RETRY, since="3.2", advice=_TRY_LATER
    ),
)

REASONS = (
    DisconnectReason(
        "access_token_expired", "the token has expired", Recovery.REFRESH_TOKEN, is_auth_error=True
    ),
    DisconnectReason(
        "access_token_revoked", "the token was revoked", Recovery.STOP, is_auth_error=True
    ),
    DisconnectReason(
        "agent_deleted", "the agent's account was deleted", Recovery.STOP, is_auth_error=True
    ),
    DisconnectReason("agent_disconnected_by_server", "the server ended the session", Recovery.STOP),
    DisconnectReason(
        "agent_logged_out_remotely", "the agent was logged out elsewhere", Recovery.STOP
    ),
    DisconnectReason(
        "connection_timeout",
        "no ping or login arrived in time",
        Recovery.RECONNECT,
        synonym="ping_timeout",
    ),
    DisconnectReason("internal_error", "the server had an internal error", Recovery.RECONNECT),
    DisconnectReason(
        "license_expired", "the license has expired", Recovery.STOP, is_auth_error=True
    ),
    DisconnectReason(
        "license_not_found", "the license does not exist", Recovery.STOP, is_auth_error=True
    ),
    DisconnectReason(
        "misdirected_connection",
        "another region serves the license",
        Recovery.REDIRECT,
        synonym="misdirected_request",
    ),
    DisconnectReason(
        "product_version_changed",
        "the license moved to another product",
        Recovery.STOP,
        is_auth_error=True,
    ),
    # Reconnecting would end another session of the same agent, which would then reconnect.
    DisconnectReason("too_many_connections", "the agent has too many connections", Recovery.STOP),
    DisconnectReason(
        "too_many_unauthorized_connections",
        "too many connections are not logged in",
        Recovery.RECONNECT_SLOWLY,
    ),
    DisconnectReason(
        "unsupported_version",
        "the server no longer serves this version",
        Recovery.CHANGE_VERSION,
    ),
    DisconnectReason(
        "connection_evicted", "a newer connection replaced this one", Recovery.STOP, since="3.4"
    ),
    DisconnectReason(
        "role_permissions_changed",
        "the agent's permissions changed",
        Recovery.RECONNECT,
        since="3.6",
    ),
)
