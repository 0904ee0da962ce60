"""What all versions of the API have in common: how a request is checked and executed.

The order of the checks: types and combinations, scopes, then those of the action's handler.
"""

import binascii
import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

from rtmcli.catalogue import service
from rtmcli.catalogue.api import Api
from rtmcli.catalogue.model import Method, Severity
from rtmcli.protocol.paths import MISSING, get_path
from rtmcli.protocol.validation import PayloadValidator
from rtmcli.sandbox import scopes as allowed
from rtmcli.sandbox.domain.errors import DomainError, Refusal
from rtmcli.sandbox.domain.facts import Fact
from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.domain.model import Agent
from rtmcli.sandbox.domain.state import State
from rtmcli.sandbox.interface import (
    NO_MEMBERS,
    ActionResult,
    Caller,
    Payload,
    PushDelivery,
    RequestError,
    URLCheck,
)
from rtmcli.sandbox.request_context import RequestContext
from rtmcli.sandbox.scopes import ScopeRules
from rtmcli.sandbox.variants import Variant

_REGION_PREFIX = re.compile(rf"\A(?:{'|'.join(service.REGIONS)})[:-]")
ActionHandler = Callable[[RequestContext, Payload], ActionResult]
LoginHandler = Callable[[RequestContext, Payload], tuple[Caller, ActionResult]]
Renderer = Callable[[State, Any], Iterable[PushDelivery]]


class ActionTable(NamedTuple):
    """What a version does with its actions."""

    handlers: Mapping[str, ActionHandler]
    login: LoginHandler
    # Changes a payload before it is validated, to accept what the catalogue does not allow.
    normalizers: Mapping[str, Callable[[Payload], Payload]] = {}
    checks_scopes_itself: frozenset[str] = frozenset()
    # Returns the author by the other members of the envelope.
    find_author: Callable[[State, Caller, Mapping[str, str]], str] = lambda _, caller, __: (
        caller.agent_id
    )


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


class VersionDialect:
    """A version of the API; implements `rtmcli.sandbox.interface.Dialect`."""

    def __init__(
        self,
        api: Api,
        *,
        actions: ActionTable,
        renderers: Mapping[type, Renderer],
        scope_rules: ScopeRules,
        error_types: Mapping[Refusal, str],
        push_version: str = "",
    ) -> None:
        """Combine the parts of a version; `error_types` are its words for refusals."""
        self.api = api
        self.scope_rules = scope_rules
        self.push_version = push_version
        self._actions = actions
        self._renderers = renderers
        self._error_types = error_types
        self._login_validator = PayloadValidator(api.methods[api.login_action])
        self._specs = {action: self._make_spec(action) for action in actions.handlers}

    def _make_spec(self, action: str) -> _ActionSpec:
        method, actions = self.api.methods[action], self._actions
        return _ActionSpec(
            method,
            PayloadValidator(method),
            actions.handlers[action],
            actions.normalizers.get(action),
            self.scope_rules.required(method),
            method.conditional_scopes[0] if method.conditional_scopes else "",
            self.scope_rules.required(method, conditional=True),
            action in actions.checks_scopes_itself,
        )

    def check_query(self, license_: License, query: str) -> URLCheck:  # noqa: ARG002  # see Dialect
        """Accept every query."""
        return URLCheck()

    def login(
        self, license_: License, payload: Payload, connection_id: int
    ) -> tuple[Caller, ActionResult]:
        """Log an agent in with the token of its request; raise `RequestError` if that fails."""
        validate(self._login_validator, payload)
        state = license_.state
        agent, token = authenticate(state, payload.get(self.api.login_spec.token_param))
        state.update_now()
        caller = Caller(agent.id, self.scope_rules.granted(agent), connection_id, token)
        context = RequestContext(state, caller, agent, agent.id, allowed.NONE)
        try:
            return self._actions.login(context, payload)
        except DomainError as error:
            raise self._request_error(error) from None

    def execute(
        self,
        license_: License,
        caller: Caller,
        action: str,
        payload: Payload,
        members: Mapping[str, str] = NO_MEMBERS,
    ) -> ActionResult:
        """Execute a request of a logged-in agent; raise `RequestError` if it fails."""
        spec = self._specs.get(action)
        if spec is None:
            return self._handle_unknown_action(action)
        if spec.normalize:
            payload = spec.normalize(payload)
        validate(spec.validator, payload)
        try:
            context = self._create_context(license_.state, caller, spec, payload, members)
            return spec.handler(context, payload)
        except DomainError as error:
            raise self._request_error(error) from None

    def _create_context(
        self,
        state: State,
        caller: Caller,
        spec: _ActionSpec,
        payload: Payload,
        members: Mapping[str, str],
    ) -> RequestContext:
        """Create the context of a request; reject it if the scopes are not sufficient."""
        required_scopes = spec.required_scopes
        if spec.condition_path and get_path(payload, spec.condition_path) is not MISSING:
            required_scopes = spec.conditional_scopes
        granted = self.scope_rules.with_implied(caller.scopes)
        scope_level = allowed.scope_level(granted, required_scopes)
        if scope_level == allowed.NONE and not spec.handler_checks_scopes:
            raise RequestError(
                "authorization",
                f"{spec.method.action} requires one of the scopes {', '.join(required_scopes)}",
            )
        author_id = self._actions.find_author(state, caller, members)
        state.update_now()
        return RequestContext(state, caller, state.agents[caller.agent_id], author_id, scope_level)

    def _request_error(self, error: DomainError) -> RequestError:
        return RequestError(self._error_types[error.refusal], error.message)

    def _handle_unknown_action(self, action: str) -> ActionResult:
        """Respond to an action that the version does not define as a method."""
        if action == self.api.ping_action:
            return ActionResult({}, [])
        if action == self.api.login_action:
            _reject("this connection is already logged in")
        suggestions = self.api.replacements.get(action) or tuple(
            difflib.get_close_matches(action, self._specs, n=1)
        )
        hint = f"; did you mean {' or '.join(suggestions)}?" if suggestions else ""
        return _reject(f"unknown action {action!r}{hint}")

    def render(self, license_: License, facts: Sequence[Fact]) -> list[PushDelivery]:
        """Render what happened as pushes; a fact without a renderer is not shown."""
        return [
            delivery
            for fact in facts
            if (renderer := self._renderers.get(type(fact)))
            for delivery in renderer(license_.state, fact)
        ]

    def list_tokens(self, license_: License) -> list[dict[str, Any]]:
        """List the agents' tokens with their scopes in this version."""
        return [
            {
                **token._asdict(),
                "scopes": sorted(self.scope_rules.granted(license_.state.agents[token.agent_id])),
            }
            for token in license_.tokens
        ]


def authenticate(state: State, value: Any) -> tuple[Agent, str]:
    """Return the agent and the token that a login names as a scheme, a space and credentials."""
    if not isinstance(value, str) or not value:
        raise RequestError("validation", "token is required and must be a string")
    scheme, _, credentials = value.partition(" ")
    if not credentials:
        raise RequestError("authentication", "token must have the form: Bearer <access_token>")
    secret = _secret_of(state, scheme.lower(), credentials.strip())
    for token, agent_id in state.agent_by_token.items():
        if secret and _without_region(token) == secret:
            return state.agents[agent_id], token
    raise RequestError("authentication", "Invalid access token")


def _secret_of(state: State, scheme: str, credentials: str) -> str:
    """Return the token that credentials contain, without its region; empty if there is none."""
    if scheme == "bearer":
        return _without_region(credentials)
    if scheme == "basic" and Variant.BASIC_TOKENS in state.variants:
        try:
            pair = binascii.a2b_base64(credentials, strict_mode=True).decode()
        except ValueError:  # neither Base64 nor UTF-8
            return ""
        return _without_region(pair.partition(":")[2])
    return ""


def _without_region(token: str) -> str:
    return _REGION_PREFIX.sub("", token)


def validate(validator: PayloadValidator, payload: Payload) -> None:
    """Raise a `RequestError` if a payload is not valid."""
    if not isinstance(payload, dict):
        _reject("payload must be an object")
    problems = validator.validate(payload)
    if problems:
        errors = [
            f"{each.path} {each.message}".lstrip()
            for each in problems
            if each.severity is not Severity.NOTE
        ]
        if errors:
            _reject("; ".join(errors))


def _reject(message: str) -> NoReturn:
    raise RequestError("validation", message)
