"""One call: send the request, print the response."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rtmcli import time_limit
from rtmcli.catalogue.api import Api
from rtmcli.catalogue.model import Method
from rtmcli.cli.connection import make_connector
from rtmcli.cli.io.stdout import ResultPrinter
from rtmcli.cli.io.writer import ReaderGone
from rtmcli.errors import OutcomeUnknown, RtmError, unexpected_error
from rtmcli.flows.call import Call, RetryPolicy
from rtmcli.protocol.messages import Push, Request, Response
from rtmcli.session.deadline import Deadline
from rtmcli.session.options import CLOSE_GRACE_PERIOD
from rtmcli.settings.resolve import Resolved


def run_call(
    api: Api,
    method: Method,
    request: Request,
    settings: Mapping[str, Resolved],
    printer: ResultPrinter,
    *,
    envelope: bool,
    caller_fields: Mapping[str, Any] = {},
    on_push: Callable[[Push], None] = lambda _: None,
    on_response: Callable[[Call, Response, Deadline], None] | None = None,
) -> None:
    """Make the call and print its response.

    `caller_fields` replace fields of the response's envelope. `on_push` gets the pushes that
    arrive before the response; `on_response` may use the connection afterwards, within the same
    deadline.
    """
    deadline = Deadline(time_limit.end())
    policy = RetryPolicy(method.retry, retry_idempotent=settings["retry_idempotent"].value)
    connector = make_connector(api, settings)
    if method.action == api.refresh_action:
        token = {api.login_spec.token_param: connector.options.credentials.token}
        request = request._replace(payload={**request.payload, **token})
    with Call(connector, request, policy, on_push) as call:
        response = call.run(deadline)
        response.envelope.update(caller_fields)
        _print_response(response, printer, envelope=envelope)
        call.is_printed = True
        if on_response:
            on_response(call, response, deadline)


def run_login(
    api: Api,
    request: Request,
    settings: Mapping[str, Resolved],
    printer: ResultPrinter,
    *,
    envelope: bool,
) -> None:
    """Log in with the fields of the request, which is the whole call, and print the response."""
    deadline = Deadline(time_limit.end())
    login_fields = {
        name: value for name, value in request.payload.items() if name != api.login_spec.token_param
    }
    session = make_connector(api, settings, login_fields).connect(deadline)
    try:
        _print_response(session.login_response, printer, envelope=envelope)
    finally:
        session.close(deadline.remaining() + CLOSE_GRACE_PERIOD)


def _print_response(response: Response, printer: ResultPrinter, *, envelope: bool) -> None:
    error_prefix = f"{response.action} was executed, but its response is lost: "
    with report_as_unknown(response.action, response.request_id):
        printer.print_value(
            response.envelope if envelope else response.payload, error_prefix=error_prefix
        )


@contextmanager
def report_as_unknown(action: str, request_id: str) -> Iterator[None]:
    """Report an unexpected exception as that of a call whose response was not printed."""
    try:
        yield
    except (RtmError, ReaderGone):
        raise
    except Exception as error:  # noqa: BLE001  # whatever it is, the call was sent
        raise OutcomeUnknown(
            f"the server executed it, but its response is lost: {unexpected_error(error).message}",
            action=action,
            request_id=request_id,
        ) from None
