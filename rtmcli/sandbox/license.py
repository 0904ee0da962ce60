"""The license behind the sandbox server: log in, execute requests, disconnect."""

import difflib
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from rtmcli.catalogue.model import Method, Severity
from rtmcli.protocol.paths import MISSING, get_path
from rtmcli.protocol.validation import PayloadValidator
from rtmcli.sandbox import scopes as allowed
from rtmcli.sandbox import seeding
from rtmcli.sandbox.actions import HANDLERS, ActionHandler, session
from rtmcli.sandbox.api import API
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
# Agents may always remove themselves, even without a scope.
_HANDLER_CHECKS_SCOPES = frozenset({"remove_user_from_chat"})


class _ActionSpec(NamedTuple):
    """What it takes to execute an action."""

    method: Method
    validator: PayloadValidator
    handler: ActionHandler
    normalize: Callable[[Payload], Payload] | None
    required_scopes: tuple[str, ...]
    condition_path: str  # if the payload has this path, conditional_scopes apply instead
    conditional_scopes: tuple[str, ...]
    handler_checks_scopes: bool


_ACTION_SPECS = {
    action: _ActionSpec(
        method,
        PayloadValidator(method),
        HANDLERS[action],
        NORMALIZERS.get(action),
        allowed.required_scopes(method),
        method.conditional_scopes[0] if method.conditional_scopes else "",
        allowed.required_scopes(method, conditional=True),
        action in _HANDLER_CHECKS_SCOPES,
    )
    for action, method in API.methods.items()
    if action != API.login_action
}


class License:
    """A license in memory.

    With a seed, IDs and times are reproducible: unless `clock` is given, the time advances by one
    millisecond per request. Times are seconds since 1970. `visitors` simulates customers.
    """

    def __init__(
        self,
        seed: int | None = None,
        clock: Callable[[], float] | None = None,
        *,
        role: str = "owner",
        scopes: Iterable[str] | None = None,
    ) -> None:
        """Create the license; `role` and `scopes` are those of the first agent."""
        get_time = clock or (time.time if seed is None else deterministic_clock())
        self.state = State(seed, get_time)
        seeding.populate(self.state, role, scopes)
        self.visitors = Visitors(self.state)

    @property
    def tokens(self) -> list[Token]:
        """The agents' access tokens; the first agent's is first."""
        agents = self.state.agents
        return [
            Token(each, token, agents[each].permission, agents[each].scopes)
            for token, each in self.state.agent_by_token.items()
        ]

    def login(self, token: Any, payload: Payload, connection: int) -> tuple[Caller, ActionResult]:
        """Log an agent in with the token of its request; raise `RequestError` if that fails."""
        _validate(_LOGIN_VALIDATOR, payload)
        self.state.update_now()
        return session.login(self.state, token, payload, connection)

    def execute(self, caller: Caller, action: str, payload: Payload) -> ActionResult:
        """Execute a request of a logged-in agent; raise `RequestError` if it fails."""
        spec = _ACTION_SPECS.get(action)
        if spec is None:
            return _handle_unknown_action(action)
        if spec.normalize:
            payload = spec.normalize(payload)
        _validate(spec.validator, payload)
        context = self._create_context(caller, spec, payload)
        return spec.handler(context, payload)

    def _create_context(
        self, caller: Caller, spec: _ActionSpec, payload: Payload
    ) -> RequestContext:
        """Create the context of a request; reject it if the scopes are not sufficient."""
        state = self.state
        required_scopes = spec.required_scopes
        if spec.condition_path and get_path(payload, spec.condition_path) is not MISSING:
            required_scopes = spec.conditional_scopes
        scope_level = allowed.scope_level(allowed.with_implied(caller.scopes), required_scopes)
        if scope_level == allowed.NONE and not spec.handler_checks_scopes:
            raise RequestError(
                "authorization",
                f"{spec.method.action} requires one of the scopes {', '.join(required_scopes)}",
            )
        user_id = caller.author_id or caller.agent_id
        if caller.author_id:
            bot = state.agents.get(user_id)
            if bot is None or not bot.is_bot:
                reject(f"author_id {user_id} is not a bot of this license")
        state.update_now()
        return RequestContext(state, caller, state.agents[caller.agent_id], user_id, scope_level)

    def connection_closed(self, caller: Caller) -> list[PushDelivery]:
        """Handle the end of a connection; return the pushes it causes."""
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
    """Respond to an action that the catalogue does not define as a method."""
    if action == API.ping_action:
        return ActionResult({}, [])
    if action == API.login_action:
        reject("this connection is already logged in")
    suggestions = API.replacements.get(action) or tuple(
        difflib.get_close_matches(action, _ACTION_SPECS, n=1)
    )
    hint = f"; did you mean {' or '.join(suggestions)}?" if suggestions else ""
    return reject(f"unknown action {action!r}{hint}")
