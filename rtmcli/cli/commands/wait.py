"""`--wait`: make the call, then wait for the push that confirms it."""

from collections.abc import Mapping
from typing import Any

from rtmcli.catalogue.model import Method
from rtmcli.cli.commands.method import run_call
from rtmcli.cli.io.stdout import ResultPrinter
from rtmcli.flows.call import Call
from rtmcli.flows.confirm import PushWaiter
from rtmcli.protocol.durations import parse_option
from rtmcli.protocol.messages import Request, Response
from rtmcli.session.deadline import Deadline
from rtmcli.settings.resolve import Resolved

_DEFAULT_TIMEOUT = "10s"


def wait_timeout(options: Mapping[str, Any]) -> float:
    """Return how many seconds to wait for the push."""
    return parse_option(options["wait_timeout"] or _DEFAULT_TIMEOUT, "--wait-timeout")


def run_and_wait(
    method: Method,
    timeout: float,
    request: Request,
    settings: Mapping[str, Resolved],
    printer: ResultPrinter,
    *,
    envelope: bool,
) -> None:
    """Make the call; print its response, then the push, unchanged."""
    waiter = PushWaiter(method)

    def print_push(call: Call, response: Response, deadline: Deadline) -> None:
        assert call.session
        push = waiter.wait(call.session, call.request, response, deadline.sooner(timeout))
        printer.print_value(
            push.envelope,
            error_prefix=f"{method.action} was executed and confirmed, but its push is lost: ",
        )

    run_call(
        method,
        request,
        settings,
        printer,
        envelope=envelope,
        on_push=waiter.on_push,
        on_response=print_push,
    )
