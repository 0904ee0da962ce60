"""`rtm sandbox`: run the embedded server, alone or for a command."""

import errno
import gc
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

from rtmcli import signals
from rtmcli.catalogue.api import Api
from rtmcli.cli.command import Command, make_command
from rtmcli.cli.io import stderr, stdout
from rtmcli.cli.io.writer import STDOUT
from rtmcli.cli.options import Argument, Option
from rtmcli.errors import RtmError, UsageError, os_error_text
from rtmcli.protocol import json_codec, suggestions
from rtmcli.sandbox import child_process, versions
from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.domain.model import ROLES
from rtmcli.sandbox.server import fault_specs, loopback
from rtmcli.sandbox.server.options import Latency, ServerOptions, parse_latency
from rtmcli.settings import types
from rtmcli.settings.definitions import BY_NAME
from rtmcli.settings.types import Completion, ValueType

if TYPE_CHECKING:  # these load asyncio and websockets
    import socket

    from rtmcli.cli.help.formatting import HelpText
    from rtmcli.cli.io.sandbox_view import SandboxView
    from rtmcli.sandbox.domain.facts import Fact
    from rtmcli.sandbox.server.frame_log import FrameLog
    from rtmcli.sandbox.server_thread import Sandbox

    MakeServer = Callable[[socket.socket, SandboxView | None], AbstractContextManager[Sandbox]]

DEFAULT_PORT = 8730
_CHECK_INTERVAL = 1000  # milliseconds until the end of the server is noticed
_MAX_TRAFFIC = 10_000  # customer actions per second
# Variables that would send the command elsewhere, or as someone else.
_REMOVED_VARIABLES = [
    BY_NAME[name].envvar
    for name in ("profile", "url", "region", "token_file", "author_id", "ca_file", "proxy")
]


def _parse_scopes(text: str) -> list[str]:
    known_scopes = versions.known_scopes()
    scopes = text.replace(",", " ").split()
    for scope in scopes:
        if scope not in known_scopes:
            hint = suggestions.did_you_mean(scope, known_scopes)
            raise ValueError(f"names an unknown scope {scope}{hint}")
    return scopes


CLI_PARAMS = (
    Argument(
        "run",
        types.any_text("[-- COMMAND…]")._replace(completion=Completion.COMMAND),
        "Run this command against the sandbox, and exit with its status.",
        multiple=True,
    ),
    Option(
        "port",
        ("--port",),
        "Port to listen on.",
        types.integer("PORT", 0, 65535),
        default=f"{DEFAULT_PORT}; with a COMMAND, any free one",
    ),
    Option(
        "seed",
        ("--seed",),
        "Seed for reproducible tokens, ids, times and traffic.",
        types.integer("NUMBER", 0, 2**63 - 1),
        default="random",
    ),
    Option(
        "role",
        ("--role",),
        "Role of the first agent.",
        types.choice(ROLES, "ROLE"),
        default=ROLES[0],
    ),
    Option(
        "scopes",
        ("--scopes",),
        "Scopes of the first agent's token.",
        ValueType(_parse_scopes, "LIST"),
        default="those of the role",
    ),
    Option(
        "traffic",
        ("--traffic",),
        "Simulated customer actions per second.",
        types.rate("RATE", _MAX_TRAFFIC),
        default="none",
    ),
    Option(
        "latency",
        ("--latency",),
        "Delay of responses: 50ms or 50ms±20.",
        ValueType(parse_latency, "TIME"),
        default="none",
    ),
    Option(
        "faults",
        ("--fault",),
        "Inject this fault (see SPEC).",
        ValueType(
            fault_specs.parse_fault,
            "SPEC",
            Completion.PARTS,
            fault_specs.METHOD_WORDS,
            fault_specs.FAULT_WORDS,
        ),
        multiple=True,
    ),
    Option(
        "log",
        ("--log",),
        "Append each frame to a file as a JSON line.",
        types.PATH._replace(metavar="FILE"),
    ),
    Option("tokens", ("--tokens",), "Print the agents' tokens for a --seed, without serving."),
)


def command(api: Api) -> Command:
    """Return the command."""
    return make_command(api, "sandbox", CLI_PARAMS, run, partial(_help_text, api))


def _help_text(api: Api) -> "HelpText":
    from rtmcli.cli.help.formatting import (  # only for --help
        HelpEntry,
        HelpSection,
        HelpText,
    )
    from rtmcli.cli.help.translation import translate

    faults = [
        HelpEntry(f"{kind.name}={kind.placeholder}" if kind.placeholder else kind.name, kind.help)
        for kind in fault_specs.FAULT_TYPES.values()
    ]
    return HelpText(
        (
            "rtm sandbox --fault 'ban_customer:error=too_many_requests'",
            f"-- rtm {api.methods[api.list_action].command}",
        ),
        "It prints its URL, a token and every agent's token, and serves until it is stopped. With a"
        " COMMAND, it runs the command with RTM_URL and RTM_TOKEN set, and exits with its status."
        " It listens on loopback only, and refuses web pages of other hosts. Without --seed, the"
        " tokens are random. On a terminal it shows how to use it, then each request and push."
        " For behavior that the API does not document, see rtm help sandbox-choices.",
        trailing_sections=[
            HelpSection(
                "A SPEC",
                [
                    HelpEntry(
                        fault_specs.SYNTAX, "METHODS are actions, or * for all but login and ping."
                    )
                ],
            ),
            HelpSection("A FAULT", faults),
            HelpSection(
                "An OPTION", [HelpEntry(*option) for option in fault_specs.OPTIONS.items()]
            ),
            HelpSection(
                "Some SPECs",
                [HelpEntry(translate(api, example), "") for example in fault_specs.EXAMPLES],
            ),
        ],
    )


def run(api: Api, options: Mapping[str, Any]) -> int:
    """Serve until a signal arrives or the command ends; return the exit status."""
    if api.version not in versions.VERSIONS:
        raise UsageError(
            f"the sandbox does not speak API {api.version}; "
            f"choose {' or '.join(versions.VERSIONS)} with --api"
        )
    server_options = ServerOptions(
        faults=tuple(options["faults"] or ()),
        latency=options["latency"] or Latency(),
        traffic_rate=options["traffic"] or 0.0,
        seed=options["seed"],
    )
    license_ = _make_license(options, server_options.seed)
    if options["tokens"]:
        if options["run"]:
            raise UsageError("--tokens does not serve, so a COMMAND cannot run against it")
        if server_options.seed is None:
            raise UsageError(
                "--tokens needs --seed: without it, each sandbox creates new tokens, and prints"
                " them in its first line"
            )
        for token in versions.load(api.version).list_tokens(license_):
            _print_json(token)
        return 0
    gc.enable()  # a server lives longer than a call
    with ExitStack() as stack:
        view = _make_view() if os.isatty(stderr.STDERR) and not options["run"] else None
        log = _open_frame_log(options, license_, view, stack)
        make_server = partial(_make_server, license_, server_options, log, api=api)
        if not options["run"]:
            _serve_until_signaled(api, options, make_server, view)
        return _run_command(api, options, license_, make_server)


def _serve_until_signaled(
    api: Api,
    options: Mapping[str, Any],
    make_server: "MakeServer",
    view: "SandboxView | None",
) -> NoReturn:
    """Serve until a signal ends the wait."""
    listener = _bind(DEFAULT_PORT if options["port"] is None else options["port"])
    with ExitStack() as stack:
        with signals.blocked():
            sandbox = stack.enter_context(make_server(listener, view))
        if os.isatty(STDOUT):
            stdout.write(_instructions(api, sandbox).encode())
        else:
            _print_json(_describe(api, sandbox))
        while sandbox.is_running:
            signals.Poller().poll(_CHECK_INTERVAL)
    raise RtmError("the server has ended")


def _describe(api: Api, sandbox: "Sandbox") -> dict[str, Any]:
    tokens = {each.agent_id: each.token for each in sandbox.license.tokens}
    return {"url": sandbox.urls[api.version], "token": sandbox.token, "tokens": tokens}


def _instructions(api: Api, sandbox: "Sandbox") -> str:
    """Return what a person needs to use the sandbox."""
    first, *others = sandbox.license.tokens
    lines = [f"To use this sandbox of API {api.version}, paste into another terminal:", ""]
    lines += [f"export RTM_URL={sandbox.urls[api.version]}", f"export RTM_TOKEN={first.token}"]
    lines += ["", f"The token is that of {first.agent_id}; tokens of other agents:"]
    lines += [f"{each.agent_id}  {each.token}" for each in others]
    return "\n".join([*lines, "", "Ctrl-C stops the sandbox.", "", ""])


def _make_view() -> "SandboxView":
    from rtmcli.cli.io.sandbox_view import SandboxView  # only on a terminal

    return SandboxView([(each.push_version, each.api) for each in versions.load_all()])


def _run_command(
    api: Api, options: Mapping[str, Any], license_: License, make_server: "MakeServer"
) -> int:
    """Serve until the command ends; return its exit status."""
    listener = _bind(options["port"] or 0)
    variables = {
        "RTM_URL": loopback.listener_url(listener, api.path),
        "RTM_TOKEN": license_.tokens[0].token,
        "RTM_API": api.version,
        "RTM_ORGANIZATION_ID": license_.state.organization_id,
        "RTM_CONFIG": os.devnull,  # without the user's profiles
        "RTM_SANDBOX": "1",  # any --profile is accepted
    }
    environ = child_process.build_environment(
        os.environ, variables, child_process.rtm_script_dir(sys.argv[0]), _REMOVED_VARIABLES
    )
    # The command starts first, so that both load at the same time.
    with (
        child_process.ChildProcess(options["run"], environ) as child,
        make_server(listener, None),
    ):
        return child.wait()


def _show_traffic(
    api: Api, license_: License, view: "SandboxView"
) -> "Callable[[Sequence[Fact]], None]":
    """Return a function that shows what customers do, though no client is connected."""
    dialect = versions.load(api.version)

    def show(facts: "Sequence[Fact]") -> None:
        for push in dialect.render(license_, facts):
            message = {"action": push.name, "type": "push", "payload": push.payload}
            view.on_push({"version": dialect.push_version, **message})

    return show


@contextmanager
def _make_server(
    license_: License,
    server_options: ServerOptions,
    log: "FrameLog | None",
    listener: "socket.socket",
    view: "SandboxView | None",
    *,
    api: Api,
) -> "Iterator[Sandbox]":
    observer = view.on_request if view else None
    with ExitStack() as stack:
        try:
            from rtmcli.sandbox.server_thread import run_sandbox  # loads slowly

            sandbox = stack.enter_context(
                run_sandbox(
                    license_,
                    server_options,
                    listener=listener,
                    frame_log=log,
                    observer=observer,
                    traffic_observer=_show_traffic(api, license_, view) if view else None,
                )
            )
        except OSError as error:
            raise UsageError(
                f"the server cannot be started: {os_error_text(error)};"
                " check the limits of open files and processes (ulimit -a)"
            ) from None
        yield sandbox


def _open_frame_log(
    options: Mapping[str, Any],
    license_: License,
    view: "SandboxView | None",
    stack: ExitStack,
) -> "FrameLog | None":
    """Open the log of frames, from which the view takes the pushes."""
    if options["log"] is None and not view:
        return None
    from rtmcli.sandbox.server.frame_log import FrameLog, open_log  # loads slowly

    file: BinaryIO | None = None
    if options["log"] is not None:
        try:
            file = stack.enter_context(open_log(Path(options["log"])))
        except OSError as error:
            raise UsageError(f"--log {options['log']}: {os_error_text(error)}") from None

    def on_write_failed(error: OSError) -> None:
        stderr.write_line(
            f"rtm: sandbox: --log {options['log']}: {os_error_text(error)};"
            " no more frames are logged"
        )

    if view:
        file = view.as_log_file(file)
    assert file
    return FrameLog(file, [token.token for token in license_.tokens], on_error=on_write_failed)


def _print_json(value: Any) -> None:
    stdout.write(json_codec.dumps(value) + b"\n")


def _bind(port: int) -> "socket.socket":
    try:
        return loopback.create_listener(port)
    except OSError as error:
        raise UsageError(_bind_error_text(port, error)) from None


def _bind_error_text(port: int, error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            problem = "another program, such as another sandbox, is using it"
        case errno.EACCES:
            problem = "only root may use it"
        case _:
            return f"port {port}: {os_error_text(error)}"
    return f"port {port}: {problem}; choose another with --port, or any free one with --port 0"


def _make_license(options: Mapping[str, Any], seed: int | None) -> License:
    role = options["role"] or ROLES[0]
    if options["scopes"] is None:
        return License(seed, role=role)
    return License(seed, role=role, scopes=options["scopes"])
