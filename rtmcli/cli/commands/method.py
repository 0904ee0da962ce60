"""The command of a method: read and check its payload, then choose how to make the call."""

import os
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.model import Method, Severity
from rtmcli.cli.calls.flag_values import file_flags, read_flag_values
from rtmcli.cli.calls.output_format import JSON, select_format
from rtmcli.cli.connection import settings_from_options
from rtmcli.cli.io import stderr, stdin
from rtmcli.cli.io.stdout import ResultPrinter, check_stdout_open
from rtmcli.cli.options import check_stream_options
from rtmcli.cli.renames import param_hint
from rtmcli.errors import UsageError
from rtmcli.protocol import payload as payloads
from rtmcli.protocol.messages import Request
from rtmcli.protocol.paths import MISSING, get_path, set_path
from rtmcli.protocol.redaction import PLACEHOLDER
from rtmcli.protocol.validation import PayloadValidator, Problem
from rtmcli.settings.resolve import Resolved, login_params, request_fields

_Runner = Callable[[Request, Mapping[str, Resolved], ResultPrinter], None]
_MAX_WARNINGS = 20  # per command
# Options that affect only a call.
_CALL_OPTIONS = (
    ("all_items", "--all"),
    ("max_items", "--max-items"),
    ("wait", "--wait"),
    ("wait_for", "--wait-for"),
    ("wait_timeout", "--wait-timeout"),
)


def run(api: Api, method: Method, options: Mapping[str, Any]) -> int | None:
    """Make the call or calls of one command line; raise `RtmError` on failure.

    Returns:
        The exit status of a stream, else None.

    """
    printer = ResultPrinter(options, os.environ)
    if options["skeleton"] or options["dry_run"]:
        printer.quiet = False  # printing is all that they do
    is_stream = options["payload"] == "-" and method.action not in (
        api.login_action,
        api.refresh_action,
    )
    check_stream_options(options, is_stream=is_stream)
    if options["skeleton"]:
        printer.print_value(_make_skeleton(method, options))
        return None
    settings = settings_from_options(api, options)
    output_format = select_format(method, options, settings["output"], is_stream=is_stream)
    if is_stream:
        return _run_stream(api, method, options, settings)
    request = Request(method.action, read_payload(api, method, options))
    if method.action == api.login_action:
        request = request._replace(payload=_complete_login(api, settings, request.payload))
    else:
        request = request._replace(fields=request_fields(api, settings))
    if method.action == api.refresh_action:
        token = {api.login_spec.token_param: PLACEHOLDER.decode()}
        request = request._replace(payload={**request.payload, **token})
    run_request, request = _select_runner(api, method, request, options, output_format)
    if options["dry_run"]:
        printer.print_value(request.envelope())
        return None
    check_stdout_open()
    if output_format != JSON:
        from rtmcli.cli.calls import formatted_call  # not for JSON

        printer.output_format = formatted_call.make_output_format(
            api, method, output_format, options["color"]
        )
    run_request(request, settings, printer)
    return None


def _make_skeleton(method: Method, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sample payload, with the values of flags and --set."""
    if options["dry_run"]:
        raise UsageError("--skeleton prints a payload and --dry-run a request; give one of them")
    if options["payload"] is not None:
        raise UsageError("--skeleton prints a payload to start from; it takes no PAYLOAD")
    for name, flag in _CALL_OPTIONS:
        if options.get(name) is not None:
            raise UsageError(f"{flag} has no effect on what --skeleton prints; drop one of them")
    payload, problems = payloads.build(
        method, method.example, _assignments(options), read_flag_values(method, options)
    )
    if problems:
        raise UsageError("; ".join(map(str, problems)))
    return payload


def _run_stream(
    api: Api, method: Method, options: Mapping[str, Any], settings: Mapping[str, Resolved]
) -> int:
    """Make a call for each value of standard input."""
    from rtmcli.cli.calls import stream  # only to connect
    from rtmcli.cli.io.stream_input import InputFormat, payload_parser  # only for streams

    single = (("wait", "--wait"), ("wait_for", "--wait-for"), ("all_items", "--all"))
    for name, flag in (*single, *file_flags(method)):
        if options.get(name):
            raise UsageError(f"{flag} needs a single payload; it cannot be used with -")
    fields = request_fields(api, settings)
    flag_values = read_flag_values(method, options)
    complete = payload_completer(api, method, options, flag_values)
    input_format = InputFormat(payload_parser(method, fields, complete))
    if options["csv"]:
        from rtmcli.protocol.csv_payloads import CSVParser  # only for --csv

        lenient = bool(options["no_validate"])
        make_parser = partial(CSVParser, method, frozenset(flag_values), lenient=lenient)
        input_format = input_format._replace(make_parser=make_parser, name="CSV")
    calls = stream.StreamCalls(method.action, _added_payload(method, options, flag_values), fields)
    return stream.run(api, options, settings, input_format, calls)


def _added_payload(
    method: Method, options: Mapping[str, Any], flag_values: Mapping[str, payloads.FlagValue]
) -> dict[str, Any]:
    """Return what the options add to each payload, without secrets."""
    payload, _ = payloads.build(method, {}, _assignments(options), flag_values)
    for param in method.params:
        if param.secret and get_path(payload, param.path) is not MISSING:
            set_path(payload, param.path.split("."), PLACEHOLDER.decode())
    return payload


def _select_runner(
    api: Api, method: Method, request: Request, options: Mapping[str, Any], output_format: str
) -> tuple[_Runner, Request]:
    """Choose how to make the call: alone, with its push, or once for each page."""
    envelope = bool(options["envelope"])
    if options.get("max_items") is not None and not options["all_items"]:
        raise UsageError("--max-items needs --all")
    if options.get("wait") or options["wait_for"] or options["wait_timeout"] is not None:
        from rtmcli.cli.calls import wait  # only to connect

        waiter = wait.make_waiter(api, method, options)
        runner = partial(
            wait.run_and_wait, api=api, method=method, waiter=waiter, envelope=envelope
        )
        return runner, request
    if options.get("all_items"):
        from rtmcli.cli.calls import all_pages  # only to connect

        if envelope:
            raise UsageError("--all prints items; it cannot be used with --envelope")
        max_items = options["max_items"]
        payload = all_pages.first_page_payload(method, request.payload, max_items)
        runner = partial(all_pages.run_all_pages, api=api, method=method, max_items=max_items)
        return runner, request._replace(payload=payload)
    if output_format != JSON:
        from rtmcli.cli.calls import formatted_call  # not for JSON

        return partial(formatted_call.run_call, api, method), request
    return partial(_run_single, api, method, envelope=envelope), request


def _run_single(
    api: Api,
    method: Method,
    request: Request,
    settings: Mapping[str, Resolved],
    printer: ResultPrinter,
    *,
    envelope: bool,
) -> None:
    from rtmcli.cli.calls import single_call  # only to connect

    if method.action == api.login_action:
        single_call.run_login(api, request, settings, printer, envelope=envelope)
    else:
        single_call.run_call(api, method, request, settings, printer, envelope=envelope)


def read_payload(api: Api, method: Method, options: Mapping[str, Any]) -> dict[str, Any]:
    """Build and check the payload; raise `UsageError` that lists every problem."""
    return payload_completer(api, method, options)(stdin.read_value(options["payload"]))


def payload_completer(
    api: Api,
    method: Method,
    options: Mapping[str, Any],
    flag_values: Mapping[str, payloads.FlagValue] | None = None,
) -> Callable[[Any], dict[str, Any]]:
    """Return a function that adds the options to a payload and checks it.

    `flag_values` are given if they were read before: a file may be a pipe.
    """
    assignments = _assignments(options)
    if flag_values is None:
        flag_values = read_flag_values(method, options)
    session_paths = [param.path for param in method.params if param.set_by_session]
    secret_paths = [param.path for param in method.params if param.secret]
    validator = PayloadValidator(method)
    already_warned: set[str] = set()

    def complete(base: Any) -> dict[str, Any]:
        if not isinstance(base, dict):
            raise UsageError("the payload must be a JSON object" + stdin.array_hint(base))
        payload, problems = (
            payloads.build(method, base, assignments, flag_values)
            if assignments or flag_values
            else (base, [])
        )
        for path in session_paths:
            if get_path(payload, path) is not MISSING:
                raise UsageError(f"{path} cannot be part of the payload: see rtm help tokens")
        for secret in (get_path(payload, path) for path in secret_paths):
            if isinstance(secret, str):
                stderr.redactor.add(secret)
        if not options["no_validate"]:
            problems = problems + validator.validate(payload)
        if problems:
            _raise_for_errors(api, method, options, payload, problems)
            _print_warnings(method, problems, already_warned)
        return payload

    return complete


def _assignments(options: Mapping[str, Any]) -> list[tuple[list[str], Any]]:
    """Return what --set and --set-string set; raise `UsageError` if they set a path twice."""
    assignments = [*(options["sets"] or ()), *(options["set_strings"] or ())]
    paths = [keys for keys, _ in assignments]
    for keys in paths:
        if paths.count(keys) > 1:
            raise UsageError(f"--set: {'.'.join(keys)} is given twice; it takes one value")
    return assignments


def _raise_for_errors(
    api: Api,
    method: Method,
    options: Mapping[str, Any],
    payload: dict[str, Any],
    problems: list[Problem],
) -> None:
    """Raise `UsageError` if a problem is not only a warning."""
    errors = [
        problem
        for problem in problems
        if problem.fatal or (problem.severity is Severity.ERROR and not options["no_validate"])
    ]
    if errors:
        raise UsageError(
            "; ".join(map(str, _deduplicate(errors)))
            + _renames_hint(api, method, payload, errors)
            + _stdin_hint(options, errors)
        )


def _print_warnings(method: Method, problems: list[Problem], already_warned: set[str]) -> None:
    """Print each warning once, in a stream, too, and at most `_MAX_WARNINGS`."""
    for problem in problems:
        text = str(problem)
        if (
            problem.severity is Severity.ERROR
            or text in already_warned
            or len(already_warned) == _MAX_WARNINGS
        ):
            continue
        already_warned.add(text)
        stderr.write_warning(text, method.action)


def _complete_login(
    api: Api, settings: Mapping[str, Resolved], payload: Mapping[str, Any]
) -> dict[str, Any]:
    """Complete the payload of a login as a session does, with a placeholder for the token."""
    from rtmcli.session.login import login_payload

    return login_payload(api, PLACEHOLDER.decode(), {**login_params(api, settings), **payload})


def _deduplicate(problems: list[Problem]) -> list[Problem]:
    """Keep the first problem of each path.

    A flag that did not convert also fails the check of its type, and leaves the object around it
    missing.
    """
    first_by_path: dict[str, Problem] = {}
    for problem in problems:
        first_by_path.setdefault(problem.path or problem.message, problem)
    return [
        problem
        for problem in first_by_path.values()
        if not problem.is_missing
        or not any(path.startswith(f"{problem.path}.") for path in first_by_path)
    ]


def _renames_hint(
    api: Api, method: Method, payload: Mapping[str, Any], errors: list[Problem]
) -> str:
    """Name members of another version of the API, if this one lacks a required member."""
    if not any(problem.is_missing for problem in errors):
        return ""
    hints = [param_hint(api, method.action, name) for name in payload]
    return "".join(f"; {hint}" for hint in hints if hint)


def _stdin_hint(options: Mapping[str, Any], errors: list[Problem]) -> str:
    lacks_required = any(problem.is_missing for problem in errors)
    if lacks_required and options["payload"] is None and stdin.stdin_is_piped():
        return "; add - to read the payload from standard input"
    return ""
