"""The interface between the server and the license."""

from rtmcli.sandbox.interface import ActionResult, PushDelivery, RequestError


def test_an_error_keeps_its_members() -> None:
    """The server builds the response from type, message and data."""
    error = RequestError("misdirected_request", "Wrong region", {"region": "fra"})

    assert (error.type, error.message) == ("misdirected_request", "Wrong region")
    assert error.data == {"region": "fra"}
    assert str(error) == "misdirected_request: Wrong region"


def test_a_delivery_goes_to_the_requester_by_default() -> None:
    """It has no other recipients by default."""
    assert PushDelivery("a", {}) == ("a", {}, frozenset(), frozenset(), True)


def test_a_result_keeps_the_connection_open_by_default() -> None:
    """close_connection is False."""
    assert ActionResult({}).close_connection is False
