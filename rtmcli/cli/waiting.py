"""`--wait`: the call, its answer, and the push that confirms it."""

from collections.abc import Mapping
from typing import Any

from rtmcli.catalogue.model import Method
from rtmcli.cli.connection import connector_of
from rtmcli.cli.output import Output
from rtmcli.flows.call import Call, Policy
from rtmcli.flows.confirm import Waiter
from rtmcli.protocol.durations import seconds
from rtmcli.protocol.messages import Request
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
    deadline = Deadline.after(settings["max_time"].value)
    policy = Policy(method.retry, idempotent_too=settings["retry_idempotent"].value)
    waiter = Waiter(method)
    with Call(connector_of(settings), request, policy, waiter.see) as call:
        answer = call.run(deadline)
        assert call.session
        output.value(
            answer.envelope if envelope else answer.payload,
            done=f"{method.action} was executed, but its answer is lost: ",
        )
        call.is_told = True
        push = waiter.confirm(call.session, call.request, answer, deadline.within(length))
        output.value(
            push.envelope,
            done=f"{method.action} was executed and confirmed, but its push is lost: ",
        )
