"""The error types and the disconnect reasons of v3.0, and what each asks of a client.

Types and reasons that only later documents name are here too (`since`): a server may send them.
A type or reason that stands nowhere is shown as it is; after an unknown reason one reconnects.
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
        advice="the token is wrong or has expired",
    ),
    # The server gives up after 15 seconds, but says nothing of what was done until then.
    ErrorType("request_timeout", "Request timed out", Recovery.AMBIGUOUS),
    ErrorType(
        "license_expired",
        "License expired",
        Recovery.AUTH_FAILED,
        advice="the licence has to be renewed",
    ),
    # About the client's version, not about who asks: the best token does not help.
    ErrorType("unsupported_version", "Unsupported version", Recovery.REPORT),
    ErrorType("misdirected_request", "Wrong region", Recovery.REDIRECT),
    ErrorType("entity_too_large", "Upload limit exceeded (10MB)", Recovery.REPORT),
    # The licence is of another product: another account is needed.
    ErrorType("wrong_product_version", "Wrong product version", Recovery.AUTH_FAILED),
    ErrorType("license_not_found", "License not found", Recovery.AUTH_FAILED),
    # Not about the token: no agent is online by RTM.
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
    # A login refused for the licence's sake; a seat may be free later, but not within seconds.
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
        "no ping came in time, or no login",
        Recovery.RECONNECT,
        synonym="ping_timeout",
    ),
    DisconnectReason("internal_error", "the server has a fault", Recovery.RECONNECT),
    DisconnectReason(
        "license_expired", "the licence has expired", Recovery.STOP, is_auth_error=True
    ),
    DisconnectReason(
        "license_not_found", "there is no such licence", Recovery.STOP, is_auth_error=True
    ),
    DisconnectReason(
        "misdirected_connection",
        "another region serves the licence",
        Recovery.REDIRECT,
        synonym="misdirected_request",
    ),
    DisconnectReason(
        "product_version_changed",
        "the licence moved to another product",
        Recovery.STOP,
        is_auth_error=True,
    ),
    # To come back would end another session of the same agent, which then comes back.
    DisconnectReason("too_many_connections", "the agent has too many connections", Recovery.STOP),
    DisconnectReason(
        "too_many_unauthorized_connections",
        "too many connections have not logged in",
        Recovery.RECONNECT_SLOWLY,
    ),
    DisconnectReason(
        "unsupported_version", "the server no longer serves this version", Recovery.STOP
    ),
    DisconnectReason(
        "connection_evicted", "a newer connection took this one's place", Recovery.STOP, since="3.4"
    ),
    DisconnectReason(
        "role_permissions_changed",
        "the agent's permissions changed",
        Recovery.RECONNECT,
        since="3.6",
    ),
)
