"""What a token's scopes allow: what implies what, what each role has, how far a scope reaches."""

from functools import lru_cache
from typing import Final

from rtmcli.catalogue.model import Method

# How far a scope reaches.
NOWHERE: Final = 0
MY: Final = 1  # chats in which the agent is present
ACCESS: Final = 2  # and those that are shared with one of the agent's groups
ALL: Final = 3  # and all others of the licence

_REACHES = {"my": MY, "access": ACCESS, "all": ALL}
_NARROWER = {"all": ("all", "access", "my"), "access": ("access", "my"), "my": ("my",)}

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
ROLES = {"owner": ADMINISTRATOR, "administrator": ADMINISTRATOR, "normal": NORMAL}

# Scopes that the sandbox honours although the reference does not list them.
_ALSO = {"follow_chat": ("chats--all:ro", "chats--access:ro")}


def _one_step(scope: str) -> set[str]:
    """Name what a scope implies, itself included."""
    resource, _, right = scope.partition(":")
    name, _, reach = resource.partition("--")
    reaches = [f"--{narrower}" for narrower in _NARROWER.get(reach, ())] or [resource[len(name) :]]
    names = {name}
    if right == "rw" and name in ("chats", "chats.conversation"):
        names |= {"chats.conversation"}
    implied = {f"{each}{end}:{right}" for each in names for end in reaches}
    if right == "rw":
        implied |= {f"{each}{end}:ro" for each in names for end in reaches}
        if name == "chats.conversation":
            implied |= {f"chats{end}:ro" for end in reaches}
    return implied


@lru_cache(maxsize=256)
def closure(scopes: frozenset[str]) -> frozenset[str]:
    """Add to scopes all that they imply."""
    return frozenset().union(*map(_one_step, scopes))


def wanted(method: Method, *, otherwise: bool = False) -> tuple[str, ...]:
    """Name the scopes of which a method wants one; `otherwise`: those of `scopes_when`."""
    if otherwise and method.scopes_when:
        return method.scopes_when[1]
    return method.scopes + _ALSO.get(method.action, ())


@lru_cache(maxsize=1024)
def reach(granted: frozenset[str], scopes: tuple[str, ...]) -> int:
    """Tell how far a method reaches with what is granted (a closure); no scopes: everywhere."""
    if not scopes:
        return ALL
    return max((_reach_of(scope) for scope in scopes if scope in granted), default=NOWHERE)


def _reach_of(scope: str) -> int:
    _, _, end = scope.partition(":")[0].partition("--")
    return _REACHES.get(end, ALL)
