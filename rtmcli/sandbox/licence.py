"""The licence behind the sandbox's server: log in, perform, leave."""

import difflib
import time
from collections.abc import Callable, Iterable
from typing import Any

from rtmcli.catalogue import API
from rtmcli.catalogue.model import Method, Severity
from rtmcli.protocol.validation import MISSING, Checker, find
from rtmcli.row import Row
from rtmcli.sandbox import founding
from rtmcli.sandbox import scopes as allowed
from rtmcli.sandbox.actions import ACTIONS, Action, session
from rtmcli.sandbox.call import Call
from rtmcli.sandbox.clock import stepping
from rtmcli.sandbox.seam import Caller, Delivery, Outcome, Payload, Refusal, Token
from rtmcli.sandbox.state import State, refuse
from rtmcli.sandbox.tolerances import STRANGE_FORMS
from rtmcli.sandbox.visitors import Visitors

_LOGIN = Checker(API.methods[API.login])
# It allows what no scope covers: agents may always remove themselves.
_CHECKS_SCOPES_ITSELF = frozenset({"remove_user_from_chat"})


class _Entry(Row):
    """All there is to know of an action, found in one step."""

    row: Method
    checker: Checker
    act: Action
    relax: Callable[[Payload], Payload] | None
    wanted: tuple[str, ...]
    condition: str  # the path whose presence makes `wanted_then` count
    wanted_then: tuple[str, ...]
    self_checking: bool


_ENTRIES = {
    action: _Entry(
        row,
        Checker(row),
        ACTIONS[action],
        STRANGE_FORMS.get(action),
        allowed.wanted(row),
        row.scopes_when[0] if row.scopes_when else "",
        allowed.wanted(row, otherwise=True),
        action in _CHECKS_SCOPES_ITSELF,
    )
    for action, row in API.methods.items()
    if action != API.login
}


class Licence:
    """A whole licence in memory.

    With a seed, ids and times are deterministic: without a `clock` of its own such a licence
    then counts a millisecond for each request. Times are seconds since 1970. `visitors` lets its
    customers act.
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
        tick = clock or (time.time if seed is None else stepping())
        self.state = State(seed, tick)
        founding.found(self.state, role, scopes)
        self.visitors = Visitors(self.state)

    @property
    def tokens(self) -> list[Token]:
        """The tokens with which agents may log in, the first agent's first."""
        agents = self.state.agents
        return [
            Token(each, token, agents[each].permission, agents[each].scopes)
            for token, each in self.state.tokens.items()
        ]

    def login(self, token: Any, payload: Payload, connection: int) -> tuple[Caller, Outcome]:
        """Log an agent in with the token that its request carries; raise `Refusal`."""
        _validate(_LOGIN, payload)
        self.state.read_clock()
        return session.login(self.state, token, payload, connection)

    def perform(self, caller: Caller, action: str, payload: Payload) -> Outcome:
        """Do what a request of a logged-in agent asks; raise `Refusal`."""
        entry = _ENTRIES.get(action)
        if entry is None:
            return _without_entry(action)
        if entry.relax:
            payload = entry.relax(payload)
        _validate(entry.checker, payload)
        call = self._call(caller, entry, payload)
        return entry.act(call, payload)

    def _call(self, caller: Caller, entry: _Entry, payload: Payload) -> Call:
        """Make the call that an action gets; refuse it where the scopes do not suffice."""
        state = self.state
        wanted = entry.wanted
        if entry.condition and find(payload, entry.condition) is not MISSING:
            wanted = entry.wanted_then
        reach = allowed.reach(allowed.closure(caller.scopes), wanted)
        if reach == allowed.NOWHERE and not entry.self_checking:
            raise Refusal(
                "authorization", f"{entry.row.action} takes one of the scopes {', '.join(wanted)}"
            )
        user_id = caller.author_id or caller.agent_id
        if caller.author_id:
            bot = state.agents.get(user_id)
            if bot is None or not bot.bot:
                refuse(f"author_id {user_id} is no bot of this licence")
        state.read_clock()
        return Call(state, caller, state.agents[caller.agent_id], user_id, reach)

    def leave(self, caller: Caller) -> list[Delivery]:
        """Note that a connection is gone; it may have been its agent's last."""
        self.state.read_clock()
        agent = self.state.agents[caller.agent_id]
        return session.leave(self.state, agent, caller.connection)


def _validate(checker: Checker, payload: Payload) -> None:
    if not isinstance(payload, dict):
        refuse("payload must be an object")
    problems = checker.check(payload)
    if problems:
        wrong = [
            f"{each.path} {each.message}".lstrip()
            for each in problems
            if each.severity is not Severity.NOTE
        ]
        if wrong:
            refuse("; ".join(wrong))


def _without_entry(action: str) -> Outcome:
    """Answer an action that no row stands for."""
    if action == API.ping:
        return Outcome({}, [])
    if action == API.login:
        refuse("this connection is logged in already")
    instead = API.not_methods.get(action) or tuple(difflib.get_close_matches(action, _ENTRIES, n=1))
    hint = f"; did you mean {' or '.join(instead)}?" if instead else ""
    return refuse(f"unknown action {action!r}{hint}")
