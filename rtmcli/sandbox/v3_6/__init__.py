"""The dialect of v3.6: its actions, views, pushes and scopes."""

from urllib.parse import parse_qs

from rtmcli.catalogue.versions import load
from rtmcli.sandbox.dialect import ActionTable, VersionDialect
from rtmcli.sandbox.domain.errors import Refusal
from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.interface import URLCheck
from rtmcli.sandbox.v3_6.actions import HANDLERS, other, status
from rtmcli.sandbox.v3_6.pushes import RENDERERS
from rtmcli.sandbox.v3_6.scopes import RULES
from rtmcli.sandbox.variants import Variant

_ERROR_TYPES = {
    Refusal.INVALID: "validation",
    Refusal.NOT_FOUND: "not_found",
    Refusal.FORBIDDEN: "authorization",
    Refusal.OUT_OF_REACH: "missing_access",
    Refusal.TARGET_OUT_OF_REACH: "missing_access",
    Refusal.INACTIVE: "chat_inactive",
    Refusal.OFFLINE: "agent_offline",
}


class _Dialect(VersionDialect):
    """The dialect, whose URLs name the organization."""

    def check_query(self, license_: License, query: str) -> URLCheck:
        """Disconnect from another organization; D1: a URL without one is a matter of choice."""
        ids = parse_qs(query).get("organization_id")
        if ids:
            is_known = ids == [license_.state.organization_id]
            return URLCheck(disconnect_reason="" if is_known else "license_not_found")
        missing = "the URL has no organization_id"
        if Variant.REQUIRE_ORGANIZATION in license_.state.variants:
            return URLCheck(bad_request=missing)
        return URLCheck(warning=missing)


DIALECT = _Dialect(
    load("3.6"),
    actions=ActionTable(
        HANDLERS,
        status.login,
        {"multicast": other.normalize_multicast},
        find_author=status.find_author,
    ),
    renderers=RENDERERS,
    scope_rules=RULES,
    error_types=_ERROR_TYPES,
    push_version="3.6",
)
