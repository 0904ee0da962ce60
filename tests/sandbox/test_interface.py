"""The seam: what the server and the licence say to each other."""

from rtmcli.sandbox.interface import ActionResult, PushDelivery, RequestError


def test_a_refusal_keeps_its_facts() -> None:
    """The server builds the failing answer from type, message and data."""
    error = RequestError("misdirected_request", "Wrong region", {"region": "fra"})

    assert (error.type, error.message) == ("misdirected_request", "Wrong region")
    assert error.data == {"region": "fra"}
    assert str(error) == "misdirected_request: Wrong region"


def test_a_delivery_goes_to_the_requester_unless_said_otherwise() -> None:
    """By default the causing connection, and nobody else, gets a push."""
    assert PushDelivery("a", {}) == ("a", {}, frozenset(), frozenset(), True)


def test_an_outcome_keeps_the_connection_open_unless_said_otherwise() -> None:
    """By default a connection stays open after its answer."""
    assert ActionResult({}, []).close_connection is False
