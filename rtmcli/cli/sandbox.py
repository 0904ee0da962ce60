"""`rtm sandbox`: the embedded server, alone or around a command."""

import gc
import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rtmcli.cli import output, report
from rtmcli.cli.command import Command, make_command
from rtmcli.cli.options import Argument, Option
from rtmcli.errors import Interrupted, UsageError
from rtmcli.protocol import nearest, values
from rtmcli.sandbox import child, endpoint, specs
from rtmcli.sandbox.conduct import Conduct, Latency, read_latency
from rtmcli.sandbox.licence import Licence
from rtmcli.sandbox.scopes import ROLES, closure
from rtmcli.settings.rows import NAMES

if TYPE_CHECKING:  # they load asyncio and websockets: later, if at all
    import socket

    from rtmcli.cli.page import Guide
    from rtmcli.sandbox.desk import Watch
    from rtmcli.sandbox.framelog import FrameLog
    from rtmcli.sandbox.serving import Sandbox

    Serve = Callable[[socket.socket, Watch | None], AbstractContextManager[Sandbox]]

PORT = 8730
_FASTEST = 10_000  # acts of customers a second
_ROLES = tuple(ROLES)
# What would lead the command elsewhere, or to another identity.
_LEFT_OUT = [
    NAMES[name].variable
    for name in ("profile", "url", "region", "token_file", "author_id", "ca_file", "proxy")
]

ROWS = (
    Argument("run", "[-- COMMAND…]", "Run this against the sandbox, and end with it.", many=True),
    Option("port", ("--port",), f"The port ({PORT}; with a COMMAND any free one).", "PORT"),
    Option("seed", ("--seed",), "Make ids, times, chance and customers the same again.", "NUMBER"),
    Option("role", ("--role",), "The first agent's role.", "ROLE", choices=_ROLES),
    Option("scopes", ("--scopes",), "The scopes of the first agent's token.", "LIST"),
    Option("traffic", ("--traffic",), "Let customers do so many things a second.", "RATE"),
    Option("latency", ("--latency",), "How long answers take: 50ms or 50ms±20.", "TIME"),
    Option("faults", ("--fault",), "Go wrong in this way (see SPEC).", "SPEC", many=True),
    Option("log", ("--log",), "Append each frame to a file, as a JSON line.", "FILE"),
    Option("tokens", ("--tokens",), "Print the agents and their tokens, and serve nothing."),
)


def command() -> Command:
    """Make the command."""
    return make_command("sandbox", ROWS, run, _guide)


def _guide() -> "Guide":
    from rtmcli.cli.page import Entry, Guide, Section  # noqa: PLC0415  # only for those who ask

    faults = [
        Entry(f"{kind.name}={kind.placeholder}" if kind.placeholder else kind.name, kind.help)
        for kind in specs.KINDS.values()
    ]
    return Guide(
        ("rtm sandbox --fault 'ban_customer:error=too_many_requests'", "-- rtm get-customers"),
        "It prints its URL and a token, and serves until it is stopped; with a COMMAND it runs"
        " that, with RTM_URL and RTM_TOKEN set, and ends with its status. It listens on loopback"
        " only. On a terminal it shows each request. What it does where nothing is documented:"
        " rtm help sandbox-choices.",
        more=[
            Section(
                "A SPEC",
                [Entry(specs.SYNTAX, "METHODS are actions, or * for all but login and ping.")],
            ),
            Section("A FAULT", faults),
            Section("An OPTION", [Entry(*option) for option in specs.OPTIONS.items()]),
            Section("Some SPECs", [Entry(example, "") for example in specs.EXAMPLES]),
        ],
    )


def run(options: Mapping[str, Any]) -> int:
    """Serve until stopped, or until the command ends; return the exit status."""
    conduct = _conduct(options)
    licence = _licence(options, conduct.seed)
    if options["tokens"]:
        if options["run"]:
            raise UsageError("--tokens serves nothing: there is nothing to run a COMMAND against")
        for token in licence.tokens:
            _print({**token._asdict(), "scopes": sorted(token.scopes)})
        return 0
    gc.enable()  # a server lives longer than a call
    with ExitStack() as stack:
        serve = partial(_serving, licence, conduct, _log(options, licence, stack))
        if options["run"]:
            return _around(options, licence, serve)
        return _alone(options, serve)


def _alone(options: Mapping[str, Any], serve: "Serve") -> int:
    """Serve until a signal comes, and then die of it."""
    listener = _listen(_port(options, PORT))
    watch = _show if os.isatty(report.STDERR) else None
    with child.Watchman(child.ENDING) as watchman:
        with serve(listener, watch) as sandbox:
            with watchman.off_duty():  # whoever is to read the line may never do so
                _print({"url": sandbox.url, "token": sandbox.token})
            number, _ = watchman.next()
        raise Interrupted(number)


def _around(options: Mapping[str, Any], licence: Licence, serve: "Serve") -> int:
    """Serve until the command ends; return its status."""
    listener = _listen(_port(options, 0))
    ours = {
        "RTM_URL": endpoint.url_of(listener),
        "RTM_TOKEN": licence.tokens[0].token,
        "RTM_CONFIG": os.devnull,  # no profile of the user's counts
    }
    environ = child.environment(os.environ, ours, child.own_folder(sys.argv[0]), _LEFT_OUT)
    try:
        # The command starts first: what the server still has to load, it loads meanwhile.
        with child.Child(options["run"], environ) as running, serve(listener, None):
            return running.wait()
    except child.NoSuchCommand as missing:
        error = UsageError(str(missing))
        error.status = missing.status
        raise error from None


def _serving(
    licence: Licence,
    conduct: Conduct,
    log: "FrameLog | None",
    listener: "socket.socket",
    watch: "Watch | None",
) -> "AbstractContextManager[Sandbox]":
    from rtmcli.sandbox.serving import serving  # noqa: PLC0415  # loads slowly

    return serving(licence, conduct, listener=listener, log=log, watch=watch)


def _log(options: Mapping[str, Any], licence: Licence, stack: ExitStack) -> "FrameLog | None":
    if options["log"] is None:
        return None
    from rtmcli.sandbox.framelog import FrameLog, open_log  # noqa: PLC0415  # loads slowly

    try:
        file = stack.enter_context(open_log(Path(options["log"])))
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise UsageError(f"--log {options['log']}: {why}") from None

    def end(error: OSError) -> None:
        why = (error.strerror or str(error)).lower()
        report.write(f"rtm: sandbox: --log {options['log']}: {why}: no more frames are logged")

    return FrameLog(file, [token.token for token in licence.tokens], failed=end)


def _show(connection: int, agent_id: str, action: str, verdict: str) -> None:
    moment = time.strftime("%H:%M:%S")
    report.write(f"{moment} #{connection} {agent_id or '-'} {action or '?'}: {verdict}")


def _print(value: Any) -> None:
    output.write(values.dump(value) + b"\n")


def _listen(port: int) -> "socket.socket":
    try:
        return endpoint.listen(port)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise UsageError(f"port {port}: {why}; --port 0 takes any free one") from None


def _port(options: Mapping[str, Any], default: int) -> int:
    port = _whole(options, "port", 65535)
    return default if port is None else port


def _whole(options: Mapping[str, Any], name: str, largest: int) -> int | None:
    text = options[name]
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(largest))):
        raise UsageError(f"--{name} must be a number from 0 to {largest}")
    if int(text) > largest:
        raise UsageError(f"--{name} must be a number from 0 to {largest}")
    return int(text)


def _conduct(options: Mapping[str, Any]) -> Conduct:
    try:
        return Conduct(
            faults=tuple(specs.parse(spec) for spec in options["faults"] or ()),
            latency=read_latency(options["latency"]) if options["latency"] else Latency(),
            traffic=_rate(options["traffic"]),
            seed=_whole(options, "seed", 2**63 - 1),
        )
    except ValueError as error:
        raise UsageError(str(error)) from None


def _rate(text: str | None) -> float:
    if text is None:
        return 0.0
    if not re.fullmatch(r"[0-9]{1,5}(\.[0-9]{1,5})?", text) or not 0 < float(text) <= _FASTEST:
        raise UsageError(f"--traffic must be events a second, more than 0 and up to {_FASTEST}")
    return float(text)


def _licence(options: Mapping[str, Any], seed: int | None) -> Licence:
    role, scopes = options["role"] or _ROLES[0], options["scopes"]
    if role not in _ROLES:
        raise UsageError(f"--role must be one of {', '.join(_ROLES)}")
    if scopes is None:
        return Licence(seed, role=role)
    known = closure(ROLES[_ROLES[0]])
    wanted = scopes.replace(",", " ").split()
    for scope in wanted:
        if scope not in known:
            raise UsageError(f"--scopes: there is no scope {scope}{nearest.hint(scope, known)}")
    return Licence(seed, role=role, scopes=wanted)
