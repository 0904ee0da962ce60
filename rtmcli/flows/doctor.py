"""Diagnose the connection: each step to the server with its time, up to the one that fails."""

import ssl
import time
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any, NamedTuple

from rtmcli.catalogue.service import REGIONS
from rtmcli.errors import NotConnected, RtmError
from rtmcli.protocol.messages import Response
from rtmcli.protocol.paths import MISSING, get_path
from rtmcli.session.connector import Connector
from rtmcli.session.deadline import Deadline
from rtmcli.session.login import open_session, open_transport
from rtmcli.session.options import CLOSE_GRACE_PERIOD, ConnectOptions
from rtmcli.session.recovery import Misdirected

STEPS = ("authorities", "dns", "tcp", "proxy", "tls", "websocket", "login", "ping")


class Step(NamedTuple):
    """One step: how long it took, what it found, and its error if it failed."""

    name: str
    seconds: float
    details: Mapping[str, Any] = {}
    error: RtmError | None = None


class Diagnosis:
    """Runs the steps once, and once more if another region serves the license."""

    def __init__(
        self, options: ConnectOptions, on_step: Callable[[Step], None], *, log_in: bool = True
    ) -> None:
        """Prepare the steps; unless `log_in`, the last one is the WebSocket handshake."""
        self._on_step = on_step
        self._log_in = log_in
        self._step_started_at = 0.0
        self._remaining_steps: list[str] = []
        route = options.route._replace(on_step=self._step_done)
        self._connector = Connector(options._replace(route=route))

    def run(self, deadline: Deadline) -> RtmError | None:
        """Run the steps; return the error of the one that failed, or None."""
        error = self._run_once(deadline)
        while isinstance(error, Misdirected):
            try:
                self._connector.switch_region(self._connector.region_named_by(error))
            except NotConnected as cause:
                return cause
            error = self._run_once(deadline)
        return error

    def _run_once(self, deadline: Deadline) -> RtmError | None:
        options = self._connector.options
        connect_deadline = deadline.sooner(options.timers.response_timeout)
        self._remaining_steps = steps_for(options)
        self._step_started_at = monotonic()
        try:
            if not self._log_in:
                transport = open_transport(options, connect_deadline)
                self._step_done("websocket", transport)
                transport.close(connect_deadline.sooner(options.timers.close_timeout))
                return None
            session = open_session(options, connect_deadline, connect_deadline)
            try:
                if not session.ping(connect_deadline):
                    raise NotConnected("the server did not answer a ping")
                self._step_done("ping", None)
            finally:
                session.close(deadline.remaining() + CLOSE_GRACE_PERIOD)
        except RtmError as error:
            seconds = monotonic() - self._step_started_at
            self._on_step(Step(self._remaining_steps[0], seconds, {}, error))
            return error
        return None

    def _step_done(self, name: str, result: Any) -> None:
        seconds = monotonic() - self._step_started_at
        self._remaining_steps.remove(name)
        details = step_details(name, result, self._connector.options)
        self._on_step(Step(name, seconds, details))
        self._step_started_at = monotonic()


def steps_for(options: ConnectOptions) -> list[str]:
    """Return the names of the steps to this server."""
    endpoint, proxy = options.route[:2]
    skipped = set() if endpoint.secure else {"authorities", "tls"}
    if not proxy or endpoint.is_loopback:
        skipped.add("proxy")
    return [name for name in STEPS if name not in skipped]


def step_details(name: str, result: Any, options: ConnectOptions) -> dict[str, Any]:
    """Return what a step found, as the report shows it."""
    details: dict[str, Callable[[], dict[str, Any]]] = {
        "authorities": lambda: {"certificates": result.cert_store_stats()["x509_ca"]},
        "dns": lambda: {"addresses": list(dict.fromkeys(row[4][0] for row in result))},
        "tcp": lambda: dict(zip(("address", "port"), result.getpeername(), strict=False)),
        "proxy": lambda: {"address": result.address},
        "tls": lambda: {
            "protocol": result.version(),
            **_certificate_details(result.getpeercert() or {}),
        },
        "websocket": lambda: {"api": options.api.version, **result.lifecycle},
        "login": lambda: _login_details(result, options),
    }
    return details[name]() if name in details else {}


def _certificate_details(certificate: Mapping[str, Any]) -> dict[str, Any]:
    issuer = dict(pair for name in certificate.get("issuer", ()) for pair in name)
    expires = ssl.cert_time_to_seconds(certificate["notAfter"]) if "notAfter" in certificate else 0
    return {
        "issuer": issuer.get("organizationName") or issuer.get("commonName"),
        "expires": time.strftime("%Y-%m-%d", time.gmtime(expires)),
    }


def _login_details(response: Response, options: ConnectOptions) -> dict[str, Any]:
    values = {
        name: get_path(response.payload, path)
        for name, path in options.api.login_spec.response_paths.items()
    }
    details = {name: None if value is MISSING else value for name, value in values.items()}
    host = options.route.endpoint.host
    region = next((name for name, at in REGIONS.items() if at == host), None)
    return {**details, "region": region}
