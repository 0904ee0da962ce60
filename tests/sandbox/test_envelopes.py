"""Requests as the server reads them, and what it writes."""

import json

import pytest

from rtmcli.sandbox import envelopes
from rtmcli.sandbox.envelopes import InvalidRequest, Request


def test_a_whole_request_is_read_member_by_member() -> None:
    """Each member of the envelope arrives as it was sent."""
    text = b'{"action": "x", "request_id": "7", "author_id": "bot", "payload": {"a": 1}}'
    assert envelopes.parse_request(text) == Request("x", {"a": 1}, "7", "bot")


def test_all_but_the_action_may_be_missing() -> None:
    """A request without id, payload and author is a request; the missing id is told apart."""
    assert envelopes.parse_request(b'{"action": "x"}') == Request("x", {}, None, "")


def test_unknown_members_are_ignored() -> None:
    """What later versions add to the envelope does no harm."""
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
def test_a_broken_envelope_keeps_what_can_be_read_of_it(
    text: bytes, action: str, request_id: str | None
) -> None:
    """The answer to a broken request names its action and id where they can be read."""
    with pytest.raises(InvalidRequest) as caught:
        envelopes.parse_request(text)
    assert (caught.value.action, caught.value.request_id) == (action, request_id)
    assert caught.value.message


def test_an_answer_echoes_the_request_id_only_where_there_was_one() -> None:
    """A response has exactly the documented members."""
    assert json.loads(envelopes.response("x", "7", {"a": 1})) == {
        "request_id": "7",
        "action": "x",
        "type": "response",
        "success": True,
        "payload": {"a": 1},
    }
    assert "request_id" not in json.loads(envelopes.response("x", None, {}))


def test_a_failure_without_a_message_has_the_default_one() -> None:
    """An error has its type, its message, and data only where there is some."""
    assert json.loads(envelopes.error_response("x", "7", "internal")) == {
        "request_id": "7",
        "action": "x",
        "type": "response",
        "success": False,
        "payload": {"error": {"type": "internal", "message": "Internal server error"}},
    }
    error = json.loads(envelopes.error_response("x", None, "strange", data={"region": "fra"}))
    assert error["payload"]["error"]["data"] == {"region": "fra"}


def test_a_push_says_nothing_of_success() -> None:
    """A push has a type and a payload, and an id only for whoever caused it."""
    assert json.loads(envelopes.push("p", {"a": 1})) == {
        "action": "p",
        "type": "push",
        "payload": {"a": 1},
    }
    assert json.loads(envelopes.push("p", {}, "7"))["request_id"] == "7"
