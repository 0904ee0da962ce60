"""One call: what is printed of its response, and errors after it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from support.fault_server import FaultServer, respond

from rtmcli.cli.calls.single_call import report_as_unknown
from rtmcli.cli.io.writer import ReaderGone
from rtmcli.errors import NotWritten, OutcomeUnknown

RunLine = Callable[..., Any]
GET_CUSTOMERS = ("get-customers", "--limit", "1")


def test_the_payload_is_printed_or_the_whole_message(run_line: RunLine) -> None:
    """The envelope has the action and the result beside the payload."""
    with FaultServer() as server:
        server.on("get_customers", respond({"customers": []}))
        payload = run_line(*GET_CUSTOMERS, url=server.url)
        envelope = run_line(*GET_CUSTOMERS, "--envelope", url=server.url)
    assert payload == (0, '{"customers":[]}\n', "")
    message = json.loads(envelope.stdout)
    assert (message["action"], message["success"]) == ("get_customers", True)
    assert message["payload"] == {"customers": []}


def test_a_login_is_the_whole_call(run_line: RunLine) -> None:
    """Its response is printed, and nothing else is sent."""
    with FaultServer() as server:
        result = run_line("login", url=server.url)
        assert (result.exit_code, result.stderr) == (0, "")
        assert (len(server.logins), server.requests) == (1, [])
    assert isinstance(json.loads(result.stdout), dict)


def test_an_unexpected_exception_after_the_call_leaves_it_unknown() -> None:
    """The message says that the server executed it, and names the request."""
    with pytest.raises(OutcomeUnknown) as info, report_as_unknown("ban_customer", "a-1"):
        raise ZeroDivisionError
    assert info.value.message.startswith("the server executed it, but its response is lost: ")
    assert (info.value.action, info.value.request_id) == ("ban_customer", "a-1")


@pytest.mark.parametrize("error", [NotWritten("full"), ReaderGone()])
def test_an_expected_error_stays_as_it_is(error: Exception) -> None:
    """It says already what happened to the output."""
    with pytest.raises(type(error)) as info, report_as_unknown("ban_customer", "a-1"):
        raise error
    assert info.value is error
