"""Scopes: which level of access the scopes of a token grant to a method."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from rtmcli.catalogue.model import Method
from rtmcli.sandbox.domain.model import Agent

# Access levels: the chats that a scope covers.
NONE: Final = 0
MY: Final = 1  # those in which the agent is present
ACCESS: Final = 2  # and those to which one of the agent's groups has access
ALL: Final = 3  # all chats of the license

_LEVELS = {"my": MY, "access": ACCESS, "all": ALL}


class ScopeRules(NamedTuple):
    """The rules of a version of the API."""

    by_role: Mapping[str, frozenset[str]]
    with_implied: Callable[[frozenset[str]], frozenset[str]]  # adds what scopes imply
    undocumented: Mapping[str, tuple[str, ...]] = {}  # action -> scopes that suffice, too

    def granted(self, agent: Agent) -> frozenset[str]:
        """Return the scopes of an agent's token, as they are listed."""
        return self.by_role[agent.permission] if agent.token_scopes is None else agent.token_scopes

    def effective(self, agent: Agent) -> frozenset[str]:
        """Return the scopes of an agent's token with those they imply."""
        return self.with_implied(self.granted(agent))

    def required(self, method: Method, *, conditional: bool = False) -> tuple[str, ...]:
        """Return the scopes of which a method needs one; if `conditional`, the conditional ones."""
        if conditional and method.conditional_scopes:
            return method.conditional_scopes[1]
        return method.scopes + self.undocumented.get(method.action, ())


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
