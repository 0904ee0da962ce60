"""From the options of a method's command to its call: payload, checks, the call, its answer."""

import os
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from rtmcli.catalogue import API
from rtmcli.catalogue.model import Method, Severity
from rtmcli.cli import inputs, report
from rtmcli.cli.connection import connector_of, settings_of
from rtmcli.cli.methods import key_of
from rtmcli.cli.options import PAGES, WAIT
from rtmcli.cli.output import Output, check_open
from rtmcli.errors import UsageError
from rtmcli.protocol import payload as payloads
from rtmcli.protocol.conversation import login_payload
from rtmcli.protocol.escaping import shortened
from rtmcli.protocol.masking import MASK
from rtmcli.protocol.messages import Push, Request, Response
from rtmcli.protocol.validation import MISSING, Checker, Problem, find
from rtmcli.settings.resolve import Value, login_members

if TYPE_CHECKING:
    from rtmcli.flows.call import Call
    from rtmcli.session.deadline import Deadline

_WARNINGS = 20  # to one command
_REQUIRED = "is required"


def run(method: Method, options: Mapping[str, Any]) -> int | None:
    """Do what the command line asks of one method; raise `RtmError` where it fails.

    Returns:
        The exit status of a stream, None otherwise.

    """
    output = Output(options, os.environ)
    # A skeleton and a dry run are asked for to be seen.
    output.quiet = output.quiet and not (options["skeleton"] or options["dry_run"])
    if options["skeleton"]:
        output.value(method.example)
        return None
    settings = settings_of(options)
    if options["payload"] == "-" and method.action != API.login:
        return _stream(method, options, settings)
    request = Request(method.action, payload_of(method, options))
    if method.action == API.login:
        request = request._replace(payload=_login(settings, request.payload))
    else:
        request = request._replace(author_id=settings["author_id"].value)
    make, request = _way(method, request, options)
    if options["dry_run"]:
        output.value(request.envelope())
        return None
    check_open()
    make(request, settings, output)
    return None


def _stream(method: Method, options: Mapping[str, Any], settings: Mapping[str, Value]) -> int:
    """Make a call for each value of standard input."""
    from rtmcli.cli import stream  # noqa: PLC0415  # only who connects
    from rtmcli.cli.stream_input import payloads as reader  # noqa: PLC0415  # only for streams

    for name, flag in (("wait", "--wait"), ("all_items", "--all")):
        if options.get(name):
            raise UsageError(f"{flag} goes with a single payload, not with the stream of -")
    read = reader(method, settings["author_id"].value, completion(method, options))
    return stream.run(options, settings, read)


def _way(
    method: Method, request: Request, options: Mapping[str, Any]
) -> tuple[Callable[[Request, Mapping[str, Value], Output], None], Request]:
    """Choose what makes the call: it alone, with its push, or one for each page."""
    envelope = bool(options["envelope"])
    for part, whole in (("wait_timeout", "wait"), ("max_items", "all_items")):
        if options.get(part) is not None and not options[whole]:
            names = {row.name: row.flags[0] for row in (*WAIT, *PAGES)}
            raise UsageError(f"{names[part]} goes with {names[whole]}")
    if options.get("wait"):
        from rtmcli.cli import waiting  # noqa: PLC0415  # only who connects

        length = waiting.patience(options)
        return partial(waiting.send, method, length, envelope=envelope), request
    if options.get("all_items"):
        from rtmcli.cli import paging  # noqa: PLC0415  # only who connects

        if envelope:
            raise UsageError("--all prints items, so --envelope has nothing to print")
        wanted = paging.most(options)
        payload = paging.first_payload(method, request.payload, wanted)
        return partial(paging.send, method, wanted), request._replace(payload=payload)
    if method.action == API.login:
        return partial(log_in, envelope=envelope), request
    return partial(send, method, envelope=envelope), request


def payload_of(method: Method, options: Mapping[str, Any]) -> dict[str, Any]:
    """Build and check the payload; raise `UsageError` with all that is wrong with it."""
    return completion(method, options)(inputs.read_value(options["payload"]))


def completion(method: Method, options: Mapping[str, Any]) -> Callable[[Any], dict[str, Any]]:
    """Return what completes a payload by the options and checks it, again and again."""
    sets, flags = _sets(options), _flags(method, options)
    supplied = [param.path for param in method.params if param.supplied]
    secrets = [param.path for param in method.params if param.secret]
    checker = Checker(method)
    warned: set[str] = set()

    def complete(base: Any) -> dict[str, Any]:
        if not isinstance(base, dict):
            raise UsageError("the payload must be a JSON object")
        payload, problems = (
            payloads.build(method, base, sets, flags) if sets or flags else (base, [])
        )
        for path in supplied:
            if find(payload, path) is not MISSING:
                raise UsageError(f"{path} is not taken from here: see rtm help tokens")
        for secret in (find(payload, path) for path in secrets):
            if isinstance(secret, str):
                report.HIDDEN.add(secret)
        if not options["no_validate"]:
            problems = problems + checker.check(payload)
        errors = [
            problem
            for problem in problems
            if problem.fatal or (problem.severity is Severity.ERROR and not options["no_validate"])
        ]
        if errors:
            raise UsageError("; ".join(map(str, _distinct(errors))) + _hint(options, errors))
        if not options["quiet"]:
            _warn(method, problems, warned)
        return payload

    return complete


def _warn(method: Method, problems: list[Problem], warned: set[str]) -> None:
    """Warn once of each problem, also in a stream, and not without end."""
    for problem in problems:
        words = str(problem)
        if problem.severity is Severity.ERROR or words in warned or len(warned) == _WARNINGS:
            continue
        warned.add(words)
        report.write(f"rtm: {method.action}: warning: {words}")


def _login(settings: Mapping[str, Value], payload: Mapping[str, Any]) -> dict[str, Any]:
    """Complete the login's payload as a session does; the token itself is not shown."""
    return login_payload(MASK.decode(), {**login_members(settings), **payload})


def _distinct(problems: list[Problem]) -> list[Problem]:
    """Keep the first problem of each path: a flag that did not convert is no second problem.

    Nor is what it should have been a part of.
    """
    first: dict[str, Problem] = {}
    for problem in problems:
        first.setdefault(problem.path or problem.message, problem)
    return [
        problem
        for problem in first.values()
        if problem.message != _REQUIRED
        or not any(path.startswith(f"{problem.path}.") for path in first)
    ]


def _hint(options: Mapping[str, Any], errors: list[Problem]) -> str:
    missing = any(problem.message == _REQUIRED for problem in errors)
    if missing and options["payload"] is None and inputs.stdin_is_waiting():
        return "; add - to read the payload from standard input"
    return ""


def _sets(options: Mapping[str, Any]) -> list[tuple[list[str], Any]]:
    sets = []
    for name, flag, raw in (("sets", "--set", False), ("set_strings", "--set-string", True)):
        for text in options[name] or ():
            try:
                sets.append(payloads.assignment(text, raw=raw))
            except ValueError as error:
                raise UsageError(f"{flag} {shortened(text)}: {error}") from None
    return sets


def _flags(method: Method, options: Mapping[str, Any]) -> dict[str, payloads.Flag]:
    flags: dict[str, payloads.Flag] = {}
    for param in method.params:
        given = options.get(key_of(param.path))
        if given is None or given == []:
            continue
        if param.kind.is_json:
            given = (
                [inputs.expand(text) for text in given]
                if isinstance(given, list)
                else (inputs.expand(given))
            )
        flags[param.path] = given
    return flags


def send(
    method: Method,
    request: Request,
    settings: Mapping[str, Value],
    output: Output,
    *,
    envelope: bool,
    own: Mapping[str, Any] = {},
    on_push: Callable[[Push], None] = lambda _: None,
    then: Callable[["Call", Response, "Deadline"], None] | None = None,
) -> None:
    """Make the call and print its answer.

    `own` are the caller's members of its envelope. Pushes that come by then go to `on_push`;
    afterwards `then` may go on with the connection, by the same deadline.
    """
    from rtmcli.flows.call import Call, Policy  # noqa: PLC0415  # only who connects
    from rtmcli.session.deadline import Deadline  # noqa: PLC0415  # only who connects

    deadline = Deadline.after(settings["max_time"].value)
    policy = Policy(method.retry, idempotent_too=settings["retry_idempotent"].value)
    with Call(connector_of(settings), request, policy, on_push) as call:
        answer = call.run(deadline)
        answer.envelope.update(own)
        _print(answer, output, envelope=envelope)
        call.is_told = True
        if then:
            then(call, answer, deadline)


def log_in(
    request: Request, settings: Mapping[str, Value], output: Output, *, envelope: bool
) -> None:
    """Log in as the request says, which is the whole call, and print the answer."""
    from rtmcli.session.deadline import Deadline  # noqa: PLC0415  # only who connects

    deadline = Deadline.after(settings["max_time"].value)
    members = {name: value for name, value in request.payload.items() if name != API.entry.token}
    session = connector_of(settings, members).connect(deadline)
    try:
        _print(session.login, output, envelope=envelope)
    finally:
        session.close()


def _print(answer: Response, output: Output, *, envelope: bool) -> None:
    done = f"{answer.action} was executed, but its answer is lost: "
    output.value(answer.envelope if envelope else answer.payload, done=done)
