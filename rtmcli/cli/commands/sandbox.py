"""`rtm sandbox`: run the embedded server, alone or for a command."""

import errno
import gc
import os
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

from rtmcli import signals
from rtmcli.catalogue.api import Api
from rtmcli.cli.command import Command, make_command
from rtmcli.cli.commands.sandbox_options import CLI_PARAMS, DEFAULT_PORT, help_text
from rtmcli.cli.commands.sandbox_token import OfferedToken
from rtmcli.cli.io import stderr, stdout
from rtmcli.cli.io.writer import STDOUT
from rtmcli.errors import RtmError, UsageError, os_error_text
from rtmcli.protocol import json_codec
from rtmcli.sandbox import child_process, versions
from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.domain.model import ROLES
from rtmcli.sandbox.server import loopback
from rtmcli.sandbox.server.limits import Limits
from rtmcli.sandbox.server.options import Latency, ServerOptions
from rtmcli.sandbox.variants import Variant
from rtmcli.settings.definitions import BY_NAME

if TYPE_CHECKING:  # these load asyncio and websockets
    import socket

    from rtmcli.cli.io.sandbox_view import SandboxView
    from rtmcli.sandbox.domain.facts import Fact
    from rtmcli.sandbox.server.frame_log import FrameLog
    from rtmcli.sandbox.server_thread import Sandbox

    MakeServer = Callable[[socket.socket, SandboxView | None], AbstractContextManager[Sandbox]]

_CHECK_INTERVAL = 1000  # milliseconds until the end of the server is noticed
# Variables that would choose another server or another identity for the command.
_REMOVED_VARIABLES = [
    BY_NAME[name].envvar
    for name in (
        "profile",
        "url",
        "region",
        "token",
        "token_file",
        "token_command",
        "author_id",
        "ca_file",
        "proxy",
    )
]


def command(api: Api) -> Command:
    """Return the command."""
    return make_command(api, "sandbox", CLI_PARAMS, run, partial(help_text, api))


def run(api: Api, options: Mapping[str, Any]) -> int:
    """Serve until a signal arrives or the command ends; return the exit status."""
    if api.version not in versions.VERSIONS:
        raise UsageError(
            f"the sandbox does not speak API {api.version}; "
            f"choose {' or '.join(versions.VERSIONS)} with --api"
        )
    server_options = ServerOptions(
        limits=Limits(max_request_rate=options["rate_limit"] or inf),
        faults=tuple(options["faults"] or ()),
        latency=options["latency"] or Latency(),
        traffic_rate=options["traffic"] or 0.0,
        token_lifetime=options["token_lifetime"] or 0.0,
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
        offered = OfferedToken(options["write_token"], options["token_lifetime"])
        offered.write(license_.tokens[0].token)
        make_server = partial(
            _make_server, license_, server_options, log, api=api, on_token=offered.replace
        )
        if not options["run"]:
            _serve_until_signaled(api, options, make_server, view, offered)
        return _run_command(api, options, license_, make_server, offered)


def _serve_until_signaled(
    api: Api,
    options: Mapping[str, Any],
    make_server: "MakeServer",
    view: "SandboxView | None",
    offered: OfferedToken,
) -> NoReturn:
    """Serve until a signal ends the wait."""
    listener = _bind(DEFAULT_PORT if options["port"] is None else options["port"])
    with ExitStack() as stack:
        with signals.blocked():
            sandbox = stack.enter_context(make_server(listener, view))
        if os.isatty(STDOUT):
            stdout.write(_instructions(api, sandbox, offered).encode())
        else:
            _print_json(_describe(api, sandbox))
        while sandbox.is_running:
            signals.Poller().poll(_CHECK_INTERVAL)
    raise RtmError("the server has ended")


def _describe(api: Api, sandbox: "Sandbox") -> dict[str, Any]:
    tokens = {each.agent_id: each.token for each in sandbox.license.tokens}
    return {"url": sandbox.urls[api.version], "token": sandbox.token, "tokens": tokens}


def _instructions(api: Api, sandbox: "Sandbox", offered: OfferedToken) -> str:
    """Return what a person needs to use the sandbox."""
    first, *others = sandbox.license.tokens
    lines = [f"To use this sandbox of API {api.version}, paste into another terminal:", ""]
    variables = {"RTM_URL": sandbox.urls[api.version], **offered.variable(first.token)}
    lines += [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    lines += ["", f"The token is that of {first.agent_id}; tokens of other agents:"]
    lines += [f"{each.agent_id}  {each.token}" for each in others]
    return "\n".join([*lines, "", "Ctrl-C stops the sandbox.", "", ""])


def _make_view() -> "SandboxView":
    from rtmcli.cli.io.sandbox_view import SandboxView  # only on a terminal

    return SandboxView([(each.push_version, each.api) for each in versions.load_all()])


def _run_command(
    api: Api,
    options: Mapping[str, Any],
    license_: License,
    make_server: "MakeServer",
    offered: OfferedToken,
) -> int:
    """Serve until the command ends; return its exit status."""
    listener = _bind(options["port"] or 0)
    variables = {
        "RTM_URL": loopback.listener_url(listener, api.path),
        **offered.variable(license_.tokens[0].token),
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
    on_token: "Callable[[str], None]",
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
                    token_observer=on_token,
                    on_warning=lambda text: stderr.write_line(f"rtm: sandbox: {text}"),
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
    variants = map(Variant, options["variants"] or ())
    return License(seed, role=role, scopes=options["scopes"], variants=variants)
