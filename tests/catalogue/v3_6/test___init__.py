"""Test the facts that concern the API as a whole."""

from rtmcli.catalogue.model import Audience
from rtmcli.catalogue.v3_6 import API


def test_the_endpoint_matches_the_documentation() -> None:
    """The path names the version; the query names the organization."""
    assert (API.version, API.path) == ("3.6", "/v3.6/agent/rtm/ws")
    assert API.query_params == ("organization_id",)


def test_undocumented_methods_have_replacements() -> None:
    """Texts and samples name three methods that do not exist."""
    assert API.replacements == {
        "close_active_thread": ("deactivate_chat",),
        "send_message_preview": ("send_event_preview",),
        "set_thread_summary": ("request_thread_summary",),
    }


def test_the_names_that_the_client_itself_uses() -> None:
    """Four actions and one push."""
    assert (API.login_action, API.logout_action, API.ping_action) == ("login", "logout", "ping")
    assert (API.refresh_action, API.disconnect_push) == ("update_session", "agent_disconnected")


def test_a_request_may_have_a_version_but_no_author() -> None:
    """Bots use the Web API."""
    assert API.request_fields == ("version",)


def test_the_scopes_of_pushes() -> None:
    """Five audiences need one."""
    assert API.push_scopes == {
        Audience.CHAT: "chats--access:ro",
        Audience.CUSTOMERS: "customers:ro",
        Audience.RECIPIENTS: "multicast:ro",
        Audience.AGENTS: "agents--all:ro",
        Audience.BOTS: "agents-bot--all:ro",
    }
