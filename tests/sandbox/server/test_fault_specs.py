"""Parsing fault specs."""

from typing import Any

import pytest

from rtmcli.catalogue.model import DisconnectReason, ErrorType
from rtmcli.catalogue.v3_0 import API
from rtmcli.sandbox.server.fault_specs import FAULT_TYPES, parse_fault
from rtmcli.sandbox.server.faults import Fault, Stage


def make_fault(name: str, *methods: str, **fields: Any) -> Fault:
    """Create a fault."""
    return Fault(frozenset(methods), name)._replace(**fields)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (
            "ban_customer:error=too_many_requests",
            make_fault("error", "ban_customer", value="too_many_requests", stage=Stage.BEFORE),
        ),
        (
            "send_event:error=internal,nth=3,at=after",
            make_fault("error", "send_event", value="internal", first_request=3, last_request=3),
        ),
        ("*:drop=after,p=0.01", make_fault("drop", "*", probability=0.01)),
        ("*:drop=before", make_fault("drop", "*", stage=Stage.BEFORE)),
        ("get_archives:delay=2s", make_fault("delay", "get_archives", value=2.0)),
        ("get-archives,ping:delay=50ms", make_fault("delay", "get_archives", "ping", value=0.05)),
        ("send_event:silent", make_fault("silent", "send_event")),
        ("send_event:silent,at=before", make_fault("silent", "send_event", stage=Stage.BEFORE)),
        ("ban_customer:push-first", make_fault("push-first", "ban_customer")),
        (
            "tag_chat_thread:duplicate,nth=2-",
            make_fault("duplicate", "tag_chat_thread", first_request=2),
        ),
        ("*:foreign,nth=2-4", make_fault("foreign", "*", first_request=2, last_request=4)),
        ("*:no-id", make_fault("no-id", "*")),
        ("*:malformed=utf8", make_fault("malformed", "*", value="utf8")),
        (
            "*:disconnect=ping_timeout,at=answered,in=5s",
            make_fault(
                "disconnect", "*", value="ping_timeout", stage=Stage.ANSWERED, close_delay=5.0
            ),
        ),
        (
            "login:error=misdirected_request,region=fra",
            make_fault(
                "error", "login", value="misdirected_request", stage=Stage.BEFORE, region="fra"
            ),
        ),
        ("*:close=1011", make_fault("close", "*", value=1011, stage=Stage.BEFORE)),
        ("*:close=4999,p=1", make_fault("close", "*", value=4999, stage=Stage.BEFORE)),
    ],
)
def test_a_spec_is_parsed(spec: str, expected: Fault) -> None:
    """Methods, fault, value and options are parsed in any order."""
    assert parse_fault(spec) == expected


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("", "METHOD:FAULT"),
        ("send_event", "METHOD:FAULT"),
        ("send_event:", "METHOD:FAULT"),
        (":silent", "unknown method"),
        ("sent_event:silent", "did you mean send_event?"),
        ("zzz:silent", "unknown method"),
        ("send_event:explode", ", ".join(FAULT_TYPES)),
        ("send_event:silent=5", "takes no value"),
        ("send_event:error", "error=TYPE"),
        ("send_event:error=", "error=TYPE"),
        ("send_event:error=nonsense", "too_many_requests"),
        ("send_event:disconnect=nonsense", "misdirected_connection"),
        ("send_event:drop", "drop=STAGE"),
        ("send_event:drop=never", "before, after, answered"),
        ("send_event:error=internal,at=answered", "before, after"),
        ("send_event:delay=soon", "500ms"),
        ("send_event:close=1005", "1000 to 1014"),
        ("send_event:close=99999", "1000 to 1014"),
        ("send_event:malformed=odd", "json, list"),
        ("send_event:silent,nth=0", "nth=3"),
        ("send_event:silent,nth=a", "nth=3"),
        ("send_event:silent,nth=4-2", "nth=3"),
        ("send_event:silent,p=2", "from 0 to 1"),
        ("send_event:silent,p=nan", "from 0 to 1"),
        ("send_event:silent,region=fra", "nth=N, p=P, at=STAGE"),
        ("send_event:error=internal,region=mars", "dal, fra"),
        ("send_event:duplicate,in=5s", "unknown option"),
        ("send_event:duplicate,", "unknown option"),
    ],
)
def test_an_invalid_spec_is_explained_in_one_line(spec: str, expected: str) -> None:
    """The message repeats the spec and lists the choices."""
    with pytest.raises(ValueError, match=": ") as caught:
        parse_fault(spec)
    message = str(caught.value)
    assert expected in message
    assert spec in message
    assert "\n" not in message


@pytest.mark.parametrize("row", API.errors)
def test_every_error_type_can_be_injected(row: ErrorType) -> None:
    """This includes synonyms of the catalogue."""
    for name in (row.type, row.synonym or row.type):
        assert parse_fault(f"*:error={name}").value == name


@pytest.mark.parametrize("row", API.reasons)
def test_every_disconnect_reason_can_be_injected(row: DisconnectReason) -> None:
    """This includes synonyms of the catalogue."""
    for name in (row.reason, row.synonym or row.reason):
        assert parse_fault(f"*:disconnect={name}").value == name
