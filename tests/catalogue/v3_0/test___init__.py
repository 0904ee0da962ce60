"""Test what the API is as a whole."""

from rtmcli.catalogue.v3_0 import API


def test_the_endpoint_is_that_of_version_3_0() -> None:
    """Version, path and the two hosts are the documented ones; the American one is home."""
    assert (API.version, API.path, API.default_region) == ("3.0", "/v3.0/agent/rtm/ws", "dal")
    assert API.regions == {"dal": "api.livechatinc.com", "fra": "api-fra.livechatinc.com"}


def test_the_limits_are_the_documented_ones() -> None:
    """Ten calls in flight, 30 s to log in, a ping each 15 s, 15 s for an answer, 16 KB of text."""
    assert API.max_pending_requests == 10
    assert (API.login_timeout, API.ping_interval, API.idle_timeout, API.request_timeout) == (
        30,
        15,
        30,
        15,
    )
    assert API.max_text_bytes == 16384


def test_a_method_that_only_the_index_knows_is_pointed_elsewhere() -> None:
    """set_customers stands in the index alone: there are two methods that do its work."""
    assert API.replacements == {"set_customers": ("get_customers", "update_customer")}


def test_the_protocols_own_names_are_those_of_the_wire() -> None:
    """What the protocol itself needs is told by its wire names."""
    assert (API.login_action, API.logout_action, API.ping_action, API.disconnect_push) == (
        "login",
        "logout",
        "ping",
        "agent_disconnected",
    )


def test_a_push_names_its_chat_at_one_of_two_places() -> None:
    """Most pushes have a chat_id; that of a new thread holds the whole chat."""
    assert API.push_chat_paths == ("chat_id", "chat.id")
