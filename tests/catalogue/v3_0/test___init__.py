"""Test the facts that concern the API as a whole."""

from rtmcli.catalogue.v3_0 import API


def test_the_endpoint_matches_the_documentation() -> None:
    """The path names the version."""
    assert (API.version, API.path) == ("3.0", "/v3.0/agent/rtm/ws")


def test_an_undocumented_method_has_replacements() -> None:
    """The reference's index lists set_customers, but no such method exists."""
    assert API.replacements == {"set_customers": ("get_customers", "update_customer")}


def test_the_names_that_the_client_itself_uses() -> None:
    """Three actions and one push."""
    assert (API.login_action, API.logout_action, API.ping_action, API.disconnect_push) == (
        "login",
        "logout",
        "ping",
        "agent_disconnected",
    )


def test_the_paths_of_a_pushs_chat() -> None:
    """Most pushes have a chat_id; incoming_chat_thread has the chat itself."""
    assert API.push_chat_paths == ("chat_id", "chat.id")
