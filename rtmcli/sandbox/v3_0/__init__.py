"""The dialect of v3.0: its actions, views, pushes and scopes."""

from rtmcli.catalogue.versions import load
from rtmcli.sandbox.dialect import ActionTable, VersionDialect
from rtmcli.sandbox.domain.errors import Refusal
from rtmcli.sandbox.v3_0.actions import HANDLERS, session
from rtmcli.sandbox.v3_0.compatibility import NORMALIZERS
from rtmcli.sandbox.v3_0.pushes import RENDERERS
from rtmcli.sandbox.v3_0.scopes import RULES

_ERROR_TYPES = {
    Refusal.INVALID: "validation",
    Refusal.NOT_FOUND: "validation",
    Refusal.FORBIDDEN: "authorization",
    Refusal.OUT_OF_REACH: "authorization",
    Refusal.TARGET_OUT_OF_REACH: "validation",
    Refusal.INACTIVE: "validation",
    Refusal.OFFLINE: "validation",
}

DIALECT = VersionDialect(
    load("3.0"),
    actions=ActionTable(
        HANDLERS,
        session.login,
        NORMALIZERS,
        # Agents may always remove themselves, even without a scope.
        checks_scopes_itself=frozenset({"remove_user_from_chat"}),
        find_author=session.find_author,
    ),
    renderers=RENDERERS,
    scope_rules=RULES,
    error_types=_ERROR_TYPES,
)
