"""The error types and the disconnect reasons of v3.0, and what each asks of a client.

Types and reasons that only later documents name are here too (`since`): a server may send them.
A type or reason that stands nowhere is shown as it is; after an unknown reason one reconnects.
"""

from rtmcli.catalogue.model import Act, ErrorType, Reason

_LATER = "not executed; try again later"

ERRORS = (
    ErrorType("internal", "Internal server error", Act.DOUBT),
    ErrorType("validation", "Wrong format of request", Act.SURFACE),
    ErrorType("authorization", "Authorization error", Act.AUTHENTICATE, lacks_scope=True),
    ErrorType(
        "authentication",
        "Authentication error",
        Act.REFRESH,
        advice="the token is wrong or has expired",
    ),
    # The server gives up after 15 seconds, but says nothing of what was done until then.
    ErrorType("request_timeout", "Request timed out", Act.DOUBT),
    ErrorType(
        "license_expired",
        "License expired",
        Act.AUTHENTICATE,
        advice="the licence has to be renewed",
    ),
    # About the client's version, not about who asks: the best token does not help.
    ErrorType("unsupported_version", "Unsupported version", Act.SURFACE),
    ErrorType("misdirected_request", "Wrong region", Act.REDIRECT),
    ErrorType("entity_too_large", "Upload limit exceeded (10MB)", Act.SURFACE),
    # The licence is of another product: another account is needed.
    ErrorType("wrong_product_version", "Wrong product version", Act.AUTHENTICATE),
    ErrorType("license_not_found", "License not found", Act.AUTHENTICATE),
    # Not about the token: no agent is online by RTM.
    ErrorType(
        "requester_already_offline",
        "Requester is already offline",
        Act.SURFACE,
        synonym="requester_offline",
    ),
    ErrorType(
        "pending_requests_limit_reached",
        "Requests limit reached",
        Act.RESEND,
        since="3.1",
        advice=_LATER,
    ),
    ErrorType(
        "requester_awaiting_approval", "Requester awaiting approval", Act.AUTHENTICATE, since="3.1"
    ),
    ErrorType("requester_suspended", "Requester suspended", Act.AUTHENTICATE, since="3.1"),
    # A login refused for the licence's sake; a seat may be free later, but not within seconds.
    ErrorType("seats_limit_exceeded", "Seats limit exceeded", Act.AUTHENTICATE, since="3.1"),
    ErrorType("too_many_requests", "Too many requests", Act.RESEND, since="3.2", advice=_LATER),
    ErrorType("chat_inactive", "Chat is inactive", Act.SURFACE, since="3.2"),
    ErrorType("service_unavailable", "Service unavailable", Act.RESEND, since="3.2", advice=_LATER),
)

REASONS = (
    Reason("access_token_expired", "the token has expired", Act.REFRESH, auth=True),
    Reason("access_token_revoked", "the token was revoked", Act.STOP, auth=True),
    Reason("agent_deleted", "the agent's account was deleted", Act.STOP, auth=True),
    Reason("agent_disconnected_by_server", "the server ended the session", Act.STOP),
    Reason("agent_logged_out_remotely", "the agent was logged out elsewhere", Act.STOP),
    Reason(
        "connection_timeout",
        "no ping came in time, or no login",
        Act.RECONNECT,
        synonym="ping_timeout",
    ),
    Reason("internal_error", "the server has a fault", Act.RECONNECT),
    Reason("license_expired", "the licence has expired", Act.STOP, auth=True),
    Reason("license_not_found", "there is no such licence", Act.STOP, auth=True),
    Reason(
        "misdirected_connection",
        "another region serves the licence",
        Act.REDIRECT,
        synonym="misdirected_request",
    ),
    Reason("product_version_changed", "the licence moved to another product", Act.STOP, auth=True),
    # To come back would end another session of the same agent, which then comes back.
    Reason("too_many_connections", "the agent has too many connections", Act.STOP),
    Reason(
        "too_many_unauthorized_connections",
        "too many connections have not logged in",
        Act.RECONNECT_SLOWLY,
    ),
    Reason("unsupported_version", "the server no longer serves this version", Act.STOP),
    Reason("connection_evicted", "a newer connection took this one's place", Act.STOP, since="3.4"),
    Reason(
        "role_permissions_changed", "the agent's permissions changed", Act.RECONNECT, since="3.6"
    ),
)
