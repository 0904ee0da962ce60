"""Sandbox behavior that the API documentation does not specify, one sentence per choice."""

from importlib import import_module

from rtmcli.sandbox.versions import VERSIONS

_ALL_VERSIONS = (
    # The connection.
    (
        "If a message is not a request (invalid JSON, no action, or a binary frame), the server"
        " responds with validation, and with the request_id if it can read one; the connection"
        " stays open."
    ),
    (
        "Before login every action fails with authentication, except ping, which gets no response;"
        " a failed login may be repeated until the login timeout."
    ),
    ("A message may be up to 1 MiB; a client that leaves more than 16 MiB unread is disconnected."),
    (
        "Only a ping counts as a ping, as a WebSocket frame or as the action; it does not count"
        " toward the ten pending requests."
    ),
    (
        "The rate of requests is not limited; with --rate-limit, each connection may send the"
        " requests of one second at once."
    ),
    (
        "If more than ten requests arrive at once, the eleventh fails, no matter how quickly the"
        " others are answered."
    ),
    "A response precedes the pushes that its request causes.",
    "If a request takes too long, it fails with request_timeout, although it was executed.",
    "The server closes with 1000 after agent_disconnected, and with 1001 when it stops.",
    "An unknown action fails with validation, and so does a second login on a connection.",
    (
        "Payload members that the reference does not list are ignored; wrong types fail with"
        " validation."
    ),
    (
        "A token has the scopes of its agent's role in the version that is spoken; --scopes"
        " replaces those of every version."
    ),
    (
        "With --token-lifetime, the first agent gets a new token every third of that time; when a"
        " token expires, the connections that use it get access_token_expired, and it fails with"
        " authentication."
    ),
    "Only Bearer tokens are accepted, unless --variant basic-tokens is given.",
    "A chat may have any number of agents, unless --variant one-agent is given.",
    # Both versions on one license.
    (
        "One license speaks every version at once: what is done in one is shown in the others, as"
        " far as they have words for it."
    ),
    (
        "Version 3.6 does not show annotations and access of single agents; version 3.0 does not"
        " show forms, system events, summaries, thinking indicators and visibility of users."
    ),
    (
        "A chat that waits for an agent after a transfer gets the first one with access who accepts"
        " chats."
    ),
)


def undocumented_behavior(version: str) -> tuple[str, ...]:
    """List the choices that concern a version of the API."""
    choices: tuple[str, ...] = import_module(f"{VERSIONS[version]}.undocumented").CHOICES
    return _ALL_VERSIONS + choices
