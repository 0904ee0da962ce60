"""The licence behind the sandbox's server: log in, perform, leave."""

from collections.abc import Callable, Iterable
from typing import Any

from rtmcli.sandbox.seam import Caller, Delivery, Outcome, Payload, Refusal, Token


class Licence:
    """A whole licence in memory.

    With a seed, ids and times are deterministic: without a `clock` of its own such a licence
    then counts a millisecond for each request. Times are seconds since 1970.
    """

    def __init__(
        self,
        seed: int | None = None,
        clock: Callable[[], float] | None = None,
        *,
        role: str = "owner",
        scopes: Iterable[str] | None = None,
    ) -> None:
        """Found the licence; `role` and `scopes` are those of the first agent."""
        self.tokens: list[Token] = []  # the first agent's first

    def login(self, token: Any, payload: Payload, connection: int) -> tuple[Caller, Outcome]:
        """Log an agent in with the token that its request carries; raise `Refusal`."""
        raise Refusal("internal", "not built yet")

    def perform(self, caller: Caller, action: str, payload: Payload) -> Outcome:
        """Do what a request of a logged-in agent asks; raise `Refusal`."""
        raise Refusal("internal", "not built yet")

    def leave(self, caller: Caller) -> list[Delivery]:
        """Note that a connection is gone; it may have been its agent's last."""
        return []
