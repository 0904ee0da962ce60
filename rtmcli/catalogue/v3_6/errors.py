"""The error types and disconnect reasons of v3.6, and how a client recovers from each.

An unknown type is reported as is; after an unknown reason the client reconnects.
"""

from rtmcli.catalogue.model import DisconnectReason, ErrorType, Recovery

_TRY_LATER = "not executed; try again later"

ERRORS = (
    ErrorType("agent_offline", "Agent offline", Recovery.REPORT),
    ErrorType(
        "authentication",
        "Authentication error",
        Recovery.REFRESH_TOKEN,
        advice="the token is invalid or has expired",
    ),
    ErrorType(
        "authorization",
        "Authorization error",
        Recovery.AUTH_FAILED,
        means_missing_scope=True,
        means_missing_presence=True,
    ),
    ErrorType(
        "chat_inactive",
        "Chat is inactive",
        Recovery.REPORT,
        advice="the chat has no active thread: resume it first",
    ),
    ErrorType("internal", "Internal server error", Recovery.AMBIGUOUS),
    ErrorType(
        "license_expired", "License expired", Recovery.AUTH_FAILED, advice="renew the license"
    ),
    ErrorType("missing_access", "Missing access", Recovery.REPORT),
    ErrorType("not_found", "Not found", Recovery.REPORT),
    ErrorType(
        "pending_requests_limit_reached",
        "Requests limit reached",
        Recovery.RETRY,
        advice=_TRY_LATER,
    ),
    # Not about the token: the agent is not logged in over RTM.
    ErrorType("requester_already_offline", "Requester is already offline", Recovery.REPORT),
    ErrorType("requester_awaiting_approval", "Requester awaiting approval", Recovery.AUTH_FAILED),
    # The server gives up after 15 seconds; the request may have been executed by then.
    ErrorType("request_timeout", "Request timed out", Recovery.AMBIGUOUS),
    ErrorType("requester_suspended", "Requester suspended", Recovery.AUTH_FAILED),
    # The login fails because of the license; a seat will hardly be free within seconds.
    ErrorType("seats_limit_exceeded", "Seats limit exceeded", Recovery.AUTH_FAILED),
    ErrorType("service_unavailable", "Service unavailable", Recovery.RETRY, advice=_TRY_LATER),
    ErrorType("too_many_requests", "Too many requests", Recovery.RETRY, advice=_TRY_LATER),
    ErrorType("validation", "Wrong format of request", Recovery.REPORT),
    # The license belongs to another product: another account is needed.
    ErrorType("wrong_product_version", "Wrong product version", Recovery.AUTH_FAILED),
)

# Not in the RTM reference, but in other documents of v3.6: a server may send them.
OTHER_ERRORS = (
    # D2: the reference's sample of an error, although its list lacks it.
    ErrorType("misdirected_request", "Wrong region", Recovery.REDIRECT),
    # D3: errors of the Web API; the first two are disconnect reasons of RTM.
    ErrorType("unsupported_version", "Unsupported version", Recovery.CHANGE_VERSION),
    ErrorType("license_not_found", "License not found", Recovery.AUTH_FAILED),
    ErrorType("limit_reached", "Limit reached", Recovery.REPORT),
    ErrorType("entity_too_large", "Upload limit exceeded (10MB)", Recovery.REPORT),
    # Of the table of errors that all of the vendor's APIs share, which gives no messages.
    *(
        ErrorType(name, name.replace("_", " ").capitalize(), Recovery.REPORT)
        for name in (
            "already_exists",
            "chat_anonymized",
            "customer_banned",
            "greeting_not_found",
            "group_not_found",
            "group_offline",
            "group_unavailable",
            "groups_offline",
            "not_allowed",
            "users_limit_reached",
            "transfer_ownership",
            "ownership_transfer",
        )
    ),
)

REASONS = (
    DisconnectReason("agent_disconnected_by_server", "the server ended the session", Recovery.STOP),
    DisconnectReason(
        "agent_logged_out_remotely", "the agent was logged out elsewhere", Recovery.STOP
    ),
    DisconnectReason(
        "access_token_revoked", "the token was revoked", Recovery.STOP, is_auth_error=True
    ),
    # Reconnecting would evict another connection of the agent, which would then reconnect.
    DisconnectReason("connection_evicted", "a newer connection replaced this one", Recovery.STOP),
    DisconnectReason(
        "access_token_expired", "the token has expired", Recovery.REFRESH_TOKEN, is_auth_error=True
    ),
    # D5: the reference's text means the time without a login, or without a ping.
    DisconnectReason("connection_timeout", "no ping or login arrived in time", Recovery.RECONNECT),
    DisconnectReason("internal_error", "the server had an internal error", Recovery.RECONNECT),
    DisconnectReason(
        "license_expired", "the license has expired", Recovery.STOP, is_auth_error=True
    ),
    DisconnectReason(
        "license_not_found", "the license does not exist", Recovery.STOP, is_auth_error=True
    ),
    # D4: the reference advises against reconnecting, but names the region to use.
    # C5: the sample of the push has the other name.
    DisconnectReason(
        "misdirected_connection",
        "another region serves the license",
        Recovery.REDIRECT,
        synonym="misdirected_request",
    ),
    DisconnectReason(
        "unsupported_version",
        "the server no longer serves this version",
        Recovery.CHANGE_VERSION,
    ),
    DisconnectReason("too_many_connections", "the agent has too many connections", Recovery.STOP),
    DisconnectReason(
        "too_many_unauthorized_connections",
        "too many connections are not logged in",
        Recovery.RECONNECT_SLOWLY,
    ),
    DisconnectReason(
        "role_permissions_changed", "the agent's permissions changed", Recovery.RECONNECT
    ),
)
