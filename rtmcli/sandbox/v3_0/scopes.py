"""Scopes of v3.0: which scopes each implies, and the scopes of each role."""

from functools import lru_cache

from rtmcli.sandbox.scopes import ScopeRules

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


RULES = ScopeRules(SCOPES_BY_ROLE, with_implied, _UNDOCUMENTED_SCOPES)
