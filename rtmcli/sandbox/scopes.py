"""What a token's scopes allow: what implies what, what each role has, how far a scope reaches."""

from functools import lru_cache
from typing import Final

from rtmcli.catalogue.model import Method

# How far a scope reaches.
NONE: Final = 0
MY: Final = 1  # chats in which the agent is present
ACCESS: Final = 2  # and those that are shared with one of the agent's groups
ALL: Final = 3  # and all others of the licence

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

# Scopes that the sandbox honours although the reference does not list them.
_UNDOCUMENTED_SCOPES = {"follow_chat": ("chats--all:ro", "chats--access:ro")}


def _directly_implied(scope: str) -> set[str]:
    """Name what a scope implies, itself included."""
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
    """Add to scopes all that they imply."""
    return frozenset().union(*map(_directly_implied, scopes))


def required_scopes(method: Method, *, conditional: bool = False) -> tuple[str, ...]:
    """Name the scopes of which a method wants one; `otherwise`: those of `scopes_when`."""
    if conditional and method.conditional_scopes:
        return method.conditional_scopes[1]
    return method.scopes + _UNDOCUMENTED_SCOPES.get(method.action, ())


@lru_cache(maxsize=1024)
def scope_level(granted: frozenset[str], scopes: tuple[str, ...]) -> int:
    """Tell how far a method reaches with what is granted (a closure); no scopes: everywhere."""
    if not scopes:
        return ALL
    return max((_level_of(scope) for scope in scopes if scope in granted), default=NONE)


def _level_of(scope: str) -> int:
    _, _, suffix = scope.partition(":")[0].partition("--")
    return _LEVELS.get(suffix, ALL)
