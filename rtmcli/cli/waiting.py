"""`--wait`: the call, its answer, and the push that confirms it."""

from collections.abc import Mapping
from typing import Any

from rtmcli.catalogue.model import Method
from rtmcli.cli import calling
from rtmcli.cli.output import Output
from rtmcli.flows.call import Call
from rtmcli.flows.confirm import Waiter
from rtmcli.protocol.durations import seconds
from rtmcli.protocol.messages import Request, Response
from rtmcli.session.deadline import Deadline
from rtmcli.settings.resolve import Value

_PATIENCE = "10s"


def patience(options: Mapping[str, Any]) -> float:
    """Return how many seconds to wait for the push."""
    return seconds(options["wait_timeout"] or _PATIENCE, "--wait-timeout")


def send(
    method: Method,
    length: float,
    request: Request,
    settings: Mapping[str, Value],
    output: Output,
    *,
    envelope: bool,
) -> None:
    """Make the call and print its answer, then the push, as it was received."""
    waiter = Waiter(method)

    def confirm(call: Call, answer: Response, deadline: Deadline) -> None:
        assert call.session
        push = waiter.confirm(call.session, call.request, answer, deadline.within(length))
        output.value(
            push.envelope,
            done=f"{method.action} was executed and confirmed, but its push is lost: ",
        )

    calling.send(
        method, request, settings, output, envelope=envelope, on_push=waiter.see, then=confirm
    )
