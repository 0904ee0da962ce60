"""A license: its state, its simulated customers and its agents' tokens."""

import time
from collections.abc import Callable, Iterable
from typing import NamedTuple

from rtmcli.sandbox.domain import agents, seeding
from rtmcli.sandbox.domain.facts import Fact
from rtmcli.sandbox.domain.state import State
from rtmcli.sandbox.domain.timestamps import deterministic_clock
from rtmcli.sandbox.domain.website.visitors import Visitors
from rtmcli.sandbox.variants import Variant

TOKEN_RENEWALS = 3  # within the lifetime of a token


class Token(NamedTuple):
    """An access token of an agent."""

    agent_id: str
    token: str  # without the scheme
    permission: str


class License:
    """A license in memory.

    With a seed, IDs and times are reproducible: unless `clock` is given, the time advances by one
    millisecond per request. The clock reads seconds since 1970. `visitors` simulates customers.
    """

    def __init__(
        self,
        seed: int | None = None,
        clock: Callable[[], float] | None = None,
        *,
        role: str = "owner",
        scopes: Iterable[str] | None = None,
        variants: Iterable[Variant] = (),
    ) -> None:
        """Create the license; `role` and `scopes` are those of the first agent."""
        get_time = clock or (time.time if seed is None else deterministic_clock())
        self.state = State(seed, get_time, frozenset(variants))
        seeding.populate(self.state, role, scopes)
        self.visitors = Visitors(self.state)

    @property
    def tokens(self) -> list[Token]:
        """The agents' access tokens; the first agent's newest is first."""
        return [
            Token(each, token, self.state.agents[each].permission)
            for token, each in self.state.agent_by_token.items()
        ]

    def renew_token(self) -> list[str]:
        """Give the first agent a new token; return those that expire now.

        A token outlives two renewals, so that its clients have time to fetch the next one.
        """
        first_agent_id = self.tokens[0].agent_id
        own = [each.token for each in self.tokens if each.agent_id == first_agent_id]
        expired = own[TOKEN_RENEWALS - 1 :]
        remaining = {each.token: each.agent_id for each in self.tokens if each.token not in expired}
        self.state.agent_by_token = {self.state.new_token(): first_agent_id, **remaining}
        return expired

    def connection_closed(self, agent_id: str, connection_id: int) -> list[Fact]:
        """Handle the end of an agent's connection."""
        self.state.update_now()
        return agents.disconnect(self.state, self.state.agents[agent_id], connection_id)
