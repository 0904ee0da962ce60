"""`--wait` and `--wait-for`: make the call, then wait for the push that confirms it."""

from collections.abc import Mapping
from typing import Any

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.model import Method
from rtmcli.cli.calls.single_call import run_call
from rtmcli.cli.io.stdout import ResultPrinter
from rtmcli.cli.renames import check_push
from rtmcli.errors import UsageError
from rtmcli.flows.call import Call
from rtmcli.flows.confirm import PushWaiter, waiter_for_method
from rtmcli.protocol.messages import Request, Response
from rtmcli.session.deadline import Deadline
from rtmcli.settings.resolve import Resolved

_DEFAULT_TIMEOUT = 10.0  # seconds to wait for the push


def make_waiter(api: Api, method: Method, options: Mapping[str, Any]) -> PushWaiter:
    """Make the waiter that the options ask for; raise `UsageError` if they do not fit."""
    timeout = options["wait_timeout"] or _DEFAULT_TIMEOUT
    push = options["wait_for"]
    if push is None:
        if not options.get("wait"):
            raise UsageError("--wait-timeout needs --wait or --wait-for")
        return waiter_for_method(method, timeout)
    if options.get("wait"):
        raise UsageError("--wait-for replaces --wait; give one of them")
    if not options.get("no_validate", True):  # a raw call may wait for any name
        check_push(api, push, "--wait-for")
    return PushWaiter({push: {}}, timeout)


def run_and_wait(
    request: Request,
    settings: Mapping[str, Resolved],
    printer: ResultPrinter,
    *,
    api: Api,
    method: Method,
    waiter: PushWaiter,
    envelope: bool,
    caller_fields: Mapping[str, Any] = {},
) -> None:
    """Make the call; print its response, then the push, unchanged."""

    def print_push(call: Call, response: Response, deadline: Deadline) -> None:
        assert call.session
        push = waiter.wait(call.session, call.request, response, deadline)
        printer.print_value(
            push.envelope,
            error_prefix=f"{method.action} was executed and confirmed, but its push is lost: ",
        )

    run_call(
        api,
        method,
        request,
        settings,
        printer,
        envelope=envelope,
        caller_fields=caller_fields,
        on_push=waiter.on_push,
        on_response=print_push,
    )
