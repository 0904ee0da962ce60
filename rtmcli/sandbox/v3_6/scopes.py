"""Scopes of v3.6: which scopes each implies, and the scopes of each role."""

from functools import lru_cache

from rtmcli.sandbox.scopes import ScopeRules

_IMPLIED_LEVELS = {"all": ("all", "access", "my"), "access": ("access", "my"), "my": ("my",)}

NORMAL = frozenset(
    {
        "chats--access:ro",
        "chats--access:rw",
        "customers:ro",
        "customers:rw",
        "customers.ban:rw",
        "multicast:rw",
        "agents--my:rw",
        "agents--all:ro",
        "agents-bot--all:ro",
    }
)
ADMINISTRATOR = NORMAL | {
    "chats--all:ro",
    "chats--all:rw",
    "agents--all:rw",
    "agents-bot--my:rw",
    "agents-bot--all:rw",
}


def _directly_implied(scope: str) -> set[str]:
    """Return the scopes that a scope implies directly, including itself."""
    resource, _, mode = scope.partition(":")
    name, _, level = resource.partition("--")
    resources = [f"{name}--{narrower}" for narrower in _IMPLIED_LEVELS.get(level, ())]
    modes = ("rw", "ro") if mode == "rw" else (mode,)
    return {f"{each}:{one}" for each in resources or [resource] for one in modes}


@lru_cache(maxsize=256)
def with_implied(scopes: frozenset[str]) -> frozenset[str]:
    """Return scopes together with all that they imply."""
    return frozenset().union(*map(_directly_implied, scopes))


RULES = ScopeRules(
    {"owner": ADMINISTRATOR, "administrator": ADMINISTRATOR, "normal": NORMAL}, with_implied
)
