"""The server's side of the envelopes."""

import json

import pytest

from rtmcli.sandbox.server import envelopes
from rtmcli.sandbox.server.envelopes import InvalidRequest, Request


def test_a_request_is_parsed() -> None:
    """Each member of the envelope is preserved."""
    text = b'{"action": "x", "request_id": "7", "author_id": "bot", "payload": {"a": 1}}'
    assert envelopes.parse_request(text, ("author_id",)) == Request(
        "x", {"a": 1}, "7", {"author_id": "bot"}
    )


def test_only_the_action_is_required() -> None:
    """A missing request_id is None."""
    assert envelopes.parse_request(b'{"action": "x"}') == Request("x", {}, None, {})


def test_unknown_members_are_ignored() -> None:
    """Later versions may add members to the envelope."""
    assert envelopes.parse_request(b'{"action": "x", "version": "3.3"}').action == "x"


@pytest.mark.parametrize(
    ("text", "action", "request_id"),
    [
        (b"", "", None),
        (b"{", "", None),
        (b'{"request_id": "7", "action": "x', "", "7"),
        (b"[]", "", None),
        (b"null", "", None),
        (b'{"request_id": "7"}', "", "7"),
        (b'{"action": "", "request_id": "7"}', "", "7"),
        (b'{"action": 1, "request_id": "7"}', "", "7"),
        (b'{"action": null}', "", None),
        (b'{"action": "x", "request_id": 7}', "x", None),
        (b'{"action": "x", "request_id": null}', "x", None),
        (b'{"action": "x", "request_id": "7", "payload": []}', "x", "7"),
        (b'{"action": "x", "payload": null}', "x", None),
        (b'{"action": "x", "author_id": 1}', "x", None),
    ],
)
def test_an_invalid_envelope_keeps_action_and_request_id(
    text: bytes, action: str, request_id: str | None
) -> None:
    """The response repeats them if they can be read."""
    with pytest.raises(InvalidRequest) as caught:
        envelopes.parse_request(text, ("author_id",))
    assert (caught.value.action, caught.value.request_id) == (action, request_id)
    assert caught.value.message


def test_a_response_repeats_the_request_id_if_any() -> None:
    """A response has exactly the documented members."""
    assert json.loads(envelopes.response("x", "7", {"a": 1})) == {
        "request_id": "7",
        "action": "x",
        "type": "response",
        "success": True,
        "payload": {"a": 1},
    }
    assert "request_id" not in json.loads(envelopes.response("x", None, {}))


def test_an_error_has_a_default_message() -> None:
    """It has data only if there is some."""
    assert json.loads(envelopes.error_response("x", "7", "internal")) == {
        "request_id": "7",
        "action": "x",
        "type": "response",
        "success": False,
        "payload": {"error": {"type": "internal", "message": "Internal server error"}},
    }
    error = json.loads(envelopes.error_response("x", None, "strange", data={"region": "fra"}))
    assert error["payload"]["error"]["data"] == {"region": "fra"}


def test_a_push_has_no_success() -> None:
    """A push has a type and a payload, and a request_id only for the requester."""
    assert json.loads(envelopes.push("p", {"a": 1})) == {
        "action": "p",
        "type": "push",
        "payload": {"a": 1},
    }
    assert json.loads(envelopes.push("p", {}, "7"))["request_id"] == "7"
