"""The way to the server, step by step, each with its time, to see where it breaks."""

import ssl
import time
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

from rtmcli.catalogue import API
from rtmcli.errors import NotConnected, RtmError
from rtmcli.protocol.messages import Response
from rtmcli.protocol.validation import MISSING, find
from rtmcli.row import Row
from rtmcli.session.access import Access
from rtmcli.session.connecting import Connector
from rtmcli.session.deadline import Deadline
from rtmcli.session.judging import Misdirected
from rtmcli.session.link import Link
from rtmcli.session.login import open_session

STEPS = ("authorities", "dns", "tcp", "proxy", "tls", "websocket", "login", "ping")


class Step(Row):
    """One step of the way: how long it took, what it found, what went wrong."""

    name: str
    seconds: float
    facts: Mapping[str, Any] = {}
    error: RtmError | None = None


class Examination:
    """One walk to the server, and one more where another region serves the licence."""

    def __init__(
        self, access: Access, on_step: Callable[[Step], None], *, logs_in: bool = True
    ) -> None:
        """Prepare the walk; who does not log in, for want of a token, ends before that step."""
        self._on_step = on_step
        self._logs_in = logs_in
        self._since = 0.0
        self._ahead: list[str] = []
        route = access.route._replace(passed=self._passed)
        self._connector = Connector(access._replace(route=route))

    def run(self, deadline: Deadline) -> RtmError | None:
        """Walk; return what went wrong, None where nothing did."""
        error = self._walk(deadline)
        while isinstance(error, Misdirected):
            try:
                self._connector.hop(error.region)
            except NotConnected as problem:
                return problem
            error = self._walk(deadline)
        return error

    def _walk(self, deadline: Deadline) -> RtmError | None:
        access = self._connector.access
        limit = deadline.within(access.timers.answer)
        self._ahead = steps_of(access)
        self._since = monotonic()
        try:
            if not self._logs_in:
                link = Link.open(access.route, access.max_size, limit)
                self._passed("websocket", link)
                link.leave(limit.within(access.timers.close))
                return None
            session = open_session(access, limit, limit)
            try:
                if not session.ping(limit):
                    raise NotConnected("the server did not answer a ping")
                self._passed("ping", None)
            finally:
                session.close()
        except RtmError as error:
            self._on_step(Step(self._ahead[0], monotonic() - self._since, {}, error))
            return error
        return None

    def _passed(self, name: str, found: Any) -> None:
        now = monotonic()
        self._ahead.remove(name)
        self._on_step(Step(name, now - self._since, facts_of(name, found, self._connector.access)))
        self._since = monotonic()


def steps_of(access: Access) -> list[str]:
    """Name the steps of the way to this server."""
    endpoint, proxy = access.route[:2]
    left_out = set() if endpoint.secure else {"authorities", "tls"}
    if not proxy or endpoint.is_loopback:
        left_out.add("proxy")
    return [name for name in STEPS if name not in left_out]


def facts_of(name: str, found: Any, access: Access) -> dict[str, Any]:
    """Say what a step found, as a report shows it."""
    facts: dict[str, Callable[[], dict[str, Any]]] = {
        "authorities": lambda: {"certificates": found.cert_store_stats()["x509_ca"]},
        "dns": lambda: {"addresses": list(dict.fromkeys(row[4][0] for row in found))},
        "tcp": lambda: dict(zip(("address", "port"), found.getpeername(), strict=False)),
        "proxy": lambda: {"address": found.address},
        "tls": lambda: {"protocol": found.version(), **_certificate(found.getpeercert() or {})},
        "login": lambda: _login(found, access),
    }
    return facts[name]() if name in facts else {}


def _certificate(found: Mapping[str, Any]) -> dict[str, Any]:
    issuer = dict(pair for name in found.get("issuer", ()) for pair in name)
    expires = ssl.cert_time_to_seconds(found["notAfter"]) if "notAfter" in found else 0
    return {
        "issuer": issuer.get("organizationName") or issuer.get("commonName"),
        "expires": time.strftime("%Y-%m-%d", time.gmtime(expires)),
    }


def _login(answer: Response, access: Access) -> dict[str, Any]:
    told = {name: find(answer.payload, path) for name, path in API.entry.facts.items()}
    facts = {name: None if value is MISSING else value for name, value in told.items()}
    host = access.route.endpoint.host
    region = next((name for name, at in API.regions.items() if at == host), None)
    return {**facts, "region": region}
