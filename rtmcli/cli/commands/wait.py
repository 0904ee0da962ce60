"""`--wait`: make the call, then wait for the push that confirms it."""

from collections.abc import Mapping

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.model import Method
from rtmcli.cli.commands.single_call import run_call
from rtmcli.cli.io.stdout import ResultPrinter
from rtmcli.flows.call import Call
from rtmcli.flows.confirm import PushWaiter
from rtmcli.protocol.messages import Request, Response
from rtmcli.session.deadline import Deadline
from rtmcli.settings.resolve import Resolved

DEFAULT_TIMEOUT = 10.0  # seconds to wait for the push


def run_and_wait(
    request: Request,
    settings: Mapping[str, Resolved],
    printer: ResultPrinter,
    *,
    api: Api,
    method: Method,
    timeout: float,
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
        api,
        method,
        request,
        settings,
        printer,
        envelope=envelope,
        on_push=waiter.on_push,
        on_response=print_push,
    )
