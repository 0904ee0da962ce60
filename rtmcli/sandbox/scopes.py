"""Scopes: which scopes each implies, the scopes of each role, and access levels."""

from functools import lru_cache
from typing import Final

from rtmcli.catalogue.model import Method

# Access levels: the chats that a scope covers.
NONE: Final = 0
MY: Final = 1  # those in which the agent is present
ACCESS: Final = 2  # and those to which one of the agent's groups has access
ALL: Final = 3  # all chats of the license

_LEVELS = {"my": MY, "access": ACCESS, "all": ALL}
_IMPLIED_LEVELS = {"all": ("all", "access", "my"), "access": ("access", "my"), "my": ("my",)}

NORMAL = frozenset(
    {
        "chats--all:ro",
        "chats--access:ro",
        "chats--my:ro",
        "chats.conversation--all:rw",
        "chats.conversation--access:rw",
        "chats.conversation--my:rw",
        "chats--my:rw",
        "agents--my:rw",
        "customers.ban:rw",
        "customers:ro",
        "customers:rw",
        "multicast:rw",
    }
)
ADMINISTRATOR = NORMAL | {
    "chats--all:rw",
    "chats--access:rw",
    "agents--all:rw",
    "access_rules:ro",
    "access_rules:rw",
    "agents-bot--my:ro",
    "agents-bot--my:rw",
    "agents-bot--all:ro",
    "agents-bot--all:rw",
    "customers:own",
    "properties--my:ro",
    "properties--my:rw",
    "properties--all:ro",
    "properties--all:rw",
    "webhooks--my:ro",
    "webhooks--my:rw",
    "webhooks--all:ro",
    "webhooks--all:rw",
}
SCOPES_BY_ROLE = {"owner": ADMINISTRATOR, "administrator": ADMINISTRATOR, "normal": NORMAL}

# Scopes that the sandbox accepts although the reference does not list them.
_UNDOCUMENTED_SCOPES = {"follow_chat": ("chats--all:ro", "chats--access:ro")}


def _directly_implied(scope: str) -> set[str]:
    """Return the scopes that a scope implies directly, including itself."""
    resource, _, mode = scope.partition(":")
    name, _, level = resource.partition("--")
    suffixes = [f"--{narrower}" for narrower in _IMPLIED_LEVELS.get(level, ())] or [
        resource[len(name) :]
    ]
    names = {name}
    if mode == "rw" and name in ("chats", "chats.conversation"):
        names |= {"chats.conversation"}
    implied = {f"{each}{end}:{mode}" for each in names for end in suffixes}
    if mode == "rw":
        implied |= {f"{each}{end}:ro" for each in names for end in suffixes}
        if name == "chats.conversation":
            implied |= {f"chats{end}:ro" for end in suffixes}
    return implied


@lru_cache(maxsize=256)
def with_implied(scopes: frozenset[str]) -> frozenset[str]:
    """Return scopes together with all that they imply."""
    return frozenset().union(*map(_directly_implied, scopes))


def required_scopes(method: Method, *, conditional: bool = False) -> tuple[str, ...]:
    """Return the scopes of which a method needs one; if `conditional`, the conditional ones."""
    if conditional and method.conditional_scopes:
        return method.conditional_scopes[1]
    return method.scopes + _UNDOCUMENTED_SCOPES.get(method.action, ())


@lru_cache(maxsize=1024)
def scope_level(granted: frozenset[str], scopes: tuple[str, ...]) -> int:
    """Return the highest access level that `granted` (with implied) has among `scopes`.

    It is ALL if `scopes` is empty, as the method then needs no scope.
    """
    if not scopes:
        return ALL
    return max((_level_of(scope) for scope in scopes if scope in granted), default=NONE)


def _level_of(scope: str) -> int:
    _, _, suffix = scope.partition(":")[0].partition("--")
    return _LEVELS.get(suffix, ALL)
