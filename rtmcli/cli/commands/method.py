"""From the options of a method's command to its call: payload, checks, the call, its answer."""

import os
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from rtmcli.catalogue import API
from rtmcli.catalogue.model import Method, Severity
from rtmcli.cli.connection import make_connector, settings_from_options
from rtmcli.cli.io import stderr, stdin
from rtmcli.cli.io.stdout import ResultPrinter, check_stdout_open
from rtmcli.cli.method_command import option_name
from rtmcli.cli.options import PAGINATION_OPTIONS, WAIT_OPTIONS
from rtmcli.errors import UsageError
from rtmcli.protocol import payload as payloads
from rtmcli.protocol.escaping import truncate
from rtmcli.protocol.messages import Push, Request, Response
from rtmcli.protocol.redaction import PLACEHOLDER
from rtmcli.protocol.validation import MISSING, PayloadValidator, Problem, get_path
from rtmcli.settings.resolve import Resolved, login_params

if TYPE_CHECKING:
    from rtmcli.flows.call import Call
    from rtmcli.session.deadline import Deadline

_MAX_WARNINGS = 20  # to one command
_REQUIRED_MESSAGE = "is required"


def run(method: Method, options: Mapping[str, Any]) -> int | None:
    """Do what the command line asks of one method; raise `RtmError` where it fails.

    Returns:
        The exit status of a stream, None otherwise.

    """
    printer = ResultPrinter(options, os.environ)
    # A skeleton and a dry run are asked for to be seen.
    printer.quiet = printer.quiet and not (options["skeleton"] or options["dry_run"])
    if options["skeleton"]:
        printer.print_value(method.example)
        return None
    settings = settings_from_options(options)
    if options["payload"] == "-" and method.action != API.login_action:
        return _run_stream(method, options, settings)
    request = Request(method.action, read_payload(method, options))
    if method.action == API.login_action:
        request = request._replace(payload=_complete_login(settings, request.payload))
    else:
        request = request._replace(author_id=settings["author_id"].value)
    run_request, request = _select_runner(method, request, options)
    if options["dry_run"]:
        printer.print_value(request.envelope())
        return None
    check_stdout_open()
    run_request(request, settings, printer)
    return None


def _run_stream(
    method: Method, options: Mapping[str, Any], settings: Mapping[str, Resolved]
) -> int:
    """Make a call for each value of standard input."""
    from rtmcli.cli.commands import stream  # only who connects
    from rtmcli.cli.io.stream_input import payload_parser as reader  # only for streams

    for name, flag in (("wait", "--wait"), ("all_items", "--all")):
        if options.get(name):
            raise UsageError(f"{flag} goes with a single payload, not with the stream of -")
    parse_item = reader(method, settings["author_id"].value, payload_completer(method, options))
    return stream.run(options, settings, parse_item)


def _select_runner(
    method: Method, request: Request, options: Mapping[str, Any]
) -> tuple[Callable[[Request, Mapping[str, Resolved], ResultPrinter], None], Request]:
    """Choose what makes the call: it alone, with its push, or one for each page."""
    envelope = bool(options["envelope"])
    for dependent, required in (("wait_timeout", "wait"), ("max_items", "all_items")):
        if options.get(dependent) is not None and not options[required]:
            flag_by_name = {
                option.name: option.flags[0] for option in (*WAIT_OPTIONS, *PAGINATION_OPTIONS)
            }
            raise UsageError(f"{flag_by_name[dependent]} goes with {flag_by_name[required]}")
    if options.get("wait"):
        from rtmcli.cli.commands import wait  # only who connects

        timeout = wait.wait_timeout(options)
        return partial(wait.run_and_wait, method, timeout, envelope=envelope), request
    if options.get("all_items"):
        from rtmcli.cli.commands import all_pages  # only who connects

        if envelope:
            raise UsageError("--all prints items, so --envelope has nothing to print")
        max_items = all_pages.parse_max_items(options)
        payload = all_pages.first_page_payload(method, request.payload, max_items)
        return partial(all_pages.run_all_pages, method, max_items), request._replace(
            payload=payload
        )
    if method.action == API.login_action:
        return partial(run_login, envelope=envelope), request
    return partial(run_call, method, envelope=envelope), request


def read_payload(method: Method, options: Mapping[str, Any]) -> dict[str, Any]:
    """Build and check the payload; raise `UsageError` with all that is wrong with it."""
    return payload_completer(method, options)(stdin.read_value(options["payload"]))


def payload_completer(
    method: Method, options: Mapping[str, Any]
) -> Callable[[Any], dict[str, Any]]:
    """Return what completes a payload by the options and checks it, again and again."""
    assignments, flag_values = _parse_assignments(options), _flag_values(method, options)
    session_paths = [param.path for param in method.params if param.set_by_session]
    secret_paths = [param.path for param in method.params if param.secret]
    validator = PayloadValidator(method)
    already_warned: set[str] = set()

    def complete(base: Any) -> dict[str, Any]:
        if not isinstance(base, dict):
            raise UsageError("the payload must be a JSON object")
        payload, problems = (
            payloads.build(method, base, assignments, flag_values)
            if assignments or flag_values
            else (base, [])
        )
        for path in session_paths:
            if get_path(payload, path) is not MISSING:
                raise UsageError(f"{path} is not taken from here: see rtm help tokens")
        for secret in (get_path(payload, path) for path in secret_paths):
            if isinstance(secret, str):
                stderr.redactor.add(secret)
        if not options["no_validate"]:
            problems = problems + validator.validate(payload)
        errors = [
            problem
            for problem in problems
            if problem.fatal or (problem.severity is Severity.ERROR and not options["no_validate"])
        ]
        if errors:
            raise UsageError(
                "; ".join(map(str, _deduplicate(errors))) + _stdin_hint(options, errors)
            )
        if not options["quiet"]:
            _print_warnings(method, problems, already_warned)
        return payload

    return complete


def _print_warnings(method: Method, problems: list[Problem], already_warned: set[str]) -> None:
    """Warn once of each problem, also in a stream, and not without end."""
    for problem in problems:
        text = str(problem)
        if (
            problem.severity is Severity.ERROR
            or text in already_warned
            or len(already_warned) == _MAX_WARNINGS
        ):
            continue
        already_warned.add(text)
        stderr.write_line(f"rtm: {method.action}: warning: {text}")


def _complete_login(settings: Mapping[str, Resolved], payload: Mapping[str, Any]) -> dict[str, Any]:
    """Complete the login's payload as a session does; the token itself is not shown."""
    from rtmcli.session.login import login_payload

    return login_payload(PLACEHOLDER.decode(), {**login_params(settings), **payload})


def _deduplicate(problems: list[Problem]) -> list[Problem]:
    """Keep the first problem of each path: a flag that did not convert is no second problem.

    Nor is what it should have been a part of.
    """
    first_by_path: dict[str, Problem] = {}
    for problem in problems:
        first_by_path.setdefault(problem.path or problem.message, problem)
    return [
        problem
        for problem in first_by_path.values()
        if problem.message != _REQUIRED_MESSAGE
        or not any(path.startswith(f"{problem.path}.") for path in first_by_path)
    ]


def _stdin_hint(options: Mapping[str, Any], errors: list[Problem]) -> str:
    lacks_required = any(problem.message == _REQUIRED_MESSAGE for problem in errors)
    if lacks_required and options["payload"] is None and stdin.stdin_is_piped():
        return "; add - to read the payload from standard input"
    return ""


def _parse_assignments(options: Mapping[str, Any]) -> list[tuple[list[str], Any]]:
    assignments = []
    for name, flag, raw in (("sets", "--set", False), ("set_strings", "--set-string", True)):
        for text in options[name] or ():
            try:
                assignments.append(payloads.parse_assignment(text, as_string=raw))
            except ValueError as error:
                raise UsageError(f"{flag} {truncate(text)}: {error}") from None
    return assignments


def _flag_values(method: Method, options: Mapping[str, Any]) -> dict[str, payloads.FlagValue]:
    flag_values: dict[str, payloads.FlagValue] = {}
    for param in method.params:
        value = options.get(option_name(param.path))
        if value is None or value == []:
            continue
        if param.type.is_json:
            value = (
                [stdin.expand_file(text) for text in value]
                if isinstance(value, list)
                else (stdin.expand_file(value))
            )
        flag_values[param.path] = value
    return flag_values


def run_call(
    method: Method,
    request: Request,
    settings: Mapping[str, Resolved],
    printer: ResultPrinter,
    *,
    envelope: bool,
    caller_fields: Mapping[str, Any] = {},
    on_push: Callable[[Push], None] = lambda _: None,
    on_response: Callable[["Call", Response, "Deadline"], None] | None = None,
) -> None:
    """Make the call and print its answer.

    `own` are the caller's members of its envelope. Pushes that come by then go to `on_push`;
    afterwards `then` may go on with the connection, by the same deadline.
    """
    from rtmcli.flows.call import Call, RetryPolicy  # only who connects
    from rtmcli.session.deadline import Deadline  # only who connects

    deadline = Deadline.after(settings["max_time"].value)
    policy = RetryPolicy(method.retry, retry_idempotent=settings["retry_idempotent"].value)
    with Call(make_connector(settings), request, policy, on_push) as call:
        response = call.run(deadline)
        response.envelope.update(caller_fields)
        _print_response(response, printer, envelope=envelope)
        call.is_printed = True
        if on_response:
            on_response(call, response, deadline)


def run_login(
    request: Request, settings: Mapping[str, Resolved], printer: ResultPrinter, *, envelope: bool
) -> None:
    """Log in as the request says, which is the whole call, and print the answer."""
    from rtmcli.session.deadline import Deadline  # only who connects

    deadline = Deadline.after(settings["max_time"].value)
    login_fields = {
        name: value for name, value in request.payload.items() if name != API.login_spec.token_param
    }
    session = make_connector(settings, login_fields).connect(deadline)
    try:
        _print_response(session.login_response, printer, envelope=envelope)
    finally:
        session.close()


def _print_response(response: Response, printer: ResultPrinter, *, envelope: bool) -> None:
    error_prefix = f"{response.action} was executed, but its answer is lost: "
    printer.print_value(
        response.envelope if envelope else response.payload, error_prefix=error_prefix
    )
