"""The licence behind the sandbox's server: log in, perform, leave."""

import difflib
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from rtmcli.catalogue import API
from rtmcli.catalogue.model import Method, Severity
from rtmcli.protocol.paths import MISSING, get_path
from rtmcli.protocol.validation import PayloadValidator
from rtmcli.sandbox import scopes as allowed
from rtmcli.sandbox import seeding
from rtmcli.sandbox.actions import HANDLERS, ActionHandler, session
from rtmcli.sandbox.compatibility import NORMALIZERS
from rtmcli.sandbox.interface import (
    ActionResult,
    Caller,
    Payload,
    PushDelivery,
    RequestError,
    Token,
)
from rtmcli.sandbox.request_context import RequestContext
from rtmcli.sandbox.state import State, reject
from rtmcli.sandbox.timestamps import deterministic_clock
from rtmcli.sandbox.visitors import Visitors

_LOGIN_VALIDATOR = PayloadValidator(API.methods[API.login_action])
# It allows what no scope covers: agents may always remove themselves.
_HANDLER_CHECKS_SCOPES = frozenset({"remove_user_from_chat"})


class _ActionSpec(NamedTuple):
    """All there is to know of an action, found in one step."""

    method: Method
    validator: PayloadValidator
    handler: ActionHandler
    normalize: Callable[[Payload], Payload] | None
    required_scopes: tuple[str, ...]
    condition_path: str  # the path whose presence makes `wanted_then` count
    conditional_scopes: tuple[str, ...]
    handler_checks_scopes: bool


_ACTION_SPECS = {
    action: _ActionSpec(
        row,
        PayloadValidator(row),
        HANDLERS[action],
        NORMALIZERS.get(action),
        allowed.required_scopes(row),
        row.conditional_scopes[0] if row.conditional_scopes else "",
        allowed.required_scopes(row, conditional=True),
        action in _HANDLER_CHECKS_SCOPES,
    )
    for action, row in API.methods.items()
    if action != API.login_action
}


class License:
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
        get_time = clock or (time.time if seed is None else deterministic_clock())
        self.state = State(seed, get_time)
        seeding.populate(self.state, role, scopes)
        self.visitors = Visitors(self.state)

    @property
    def tokens(self) -> list[Token]:
        """The tokens with which agents may log in, the first agent's first."""
        agents = self.state.agents
        return [
            Token(each, token, agents[each].permission, agents[each].scopes)
            for token, each in self.state.agent_by_token.items()
        ]

    def login(self, token: Any, payload: Payload, connection: int) -> tuple[Caller, ActionResult]:
        """Log an agent in with the token that its request carries; raise `Refusal`."""
        _validate(_LOGIN_VALIDATOR, payload)
        self.state.update_now()
        return session.login(self.state, token, payload, connection)

    def execute(self, caller: Caller, action: str, payload: Payload) -> ActionResult:
        """Do what a request of a logged-in agent asks; raise `Refusal`."""
        spec = _ACTION_SPECS.get(action)
        if spec is None:
            return _handle_unknown_action(action)
        if spec.normalize:
            payload = spec.normalize(payload)
        _validate(spec.validator, payload)
        context = self._make_call(caller, spec, payload)
        return spec.handler(context, payload)

    def _make_call(self, caller: Caller, spec: _ActionSpec, payload: Payload) -> RequestContext:
        """Make the call that an action gets; refuse it where the scopes do not suffice."""
        state = self.state
        required_scopes = spec.required_scopes
        if spec.condition_path and get_path(payload, spec.condition_path) is not MISSING:
            required_scopes = spec.conditional_scopes
        scope_level = allowed.scope_level(allowed.with_implied(caller.scopes), required_scopes)
        if scope_level == allowed.NONE and not spec.handler_checks_scopes:
            raise RequestError(
                "authorization",
                f"{spec.method.action} takes one of the scopes {', '.join(required_scopes)}",
            )
        user_id = caller.author_id or caller.agent_id
        if caller.author_id:
            bot = state.agents.get(user_id)
            if bot is None or not bot.is_bot:
                reject(f"author_id {user_id} is no bot of this licence")
        state.update_now()
        return RequestContext(state, caller, state.agents[caller.agent_id], user_id, scope_level)

    def connection_closed(self, caller: Caller) -> list[PushDelivery]:
        """Note that a connection is gone; it may have been its agent's last."""
        self.state.update_now()
        agent = self.state.agents[caller.agent_id]
        return session.connection_closed(self.state, agent, caller.connection_id)


def _validate(validator: PayloadValidator, payload: Payload) -> None:
    if not isinstance(payload, dict):
        reject("payload must be an object")
    problems = validator.validate(payload)
    if problems:
        errors = [
            f"{each.path} {each.message}".lstrip()
            for each in problems
            if each.severity is not Severity.NOTE
        ]
        if errors:
            reject("; ".join(errors))


def _handle_unknown_action(action: str) -> ActionResult:
    """Answer an action that no row stands for."""
    if action == API.ping_action:
        return ActionResult({}, [])
    if action == API.login_action:
        reject("this connection is logged in already")
    suggestions = API.replacements.get(action) or tuple(
        difflib.get_close_matches(action, _ACTION_SPECS, n=1)
    )
    hint = f"; did you mean {' or '.join(suggestions)}?" if suggestions else ""
    return reject(f"unknown action {action!r}{hint}")
