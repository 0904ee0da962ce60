"""The JSON objects of chats, threads and users."""

from support.license_client import AGENT1, AGENT4, BOT, CHAT, THREAD, LicenseClient

from rtmcli.sandbox.domain.model import Access
from rtmcli.sandbox.v3_0 import views

AGENT_MEMBERS = {"id", "type", "name", "email", "avatar"}
USER_MEMBERS = {"present", "last_seen_timestamp"}


def test_users_have_the_members_of_their_type() -> None:
    """Agents and customers have different members; both have `present`."""
    users = {each["type"]: each for each in LicenseClient().fetch_chat()["users"]}

    assert users["agent"].keys() == AGENT_MEMBERS | USER_MEMBERS | {"routing_status"}
    assert (
        USER_MEMBERS | {"id", "type", "name", "statistics", "last_visit"}
        <= users["customer"].keys()
    )


def test_bots_have_no_email_and_offline_agents_no_routing_status() -> None:
    """A bot has no email; an agent who is not logged in has no routing status."""
    agents = LicenseClient().license.state.agents

    assert views.render_agent(agents[BOT]).keys() == AGENT_MEMBERS - {"email"} | {"routing_status"}
    assert views.render_agent(agents[AGENT4]).keys() == AGENT_MEMBERS


def test_a_profile_has_the_permission() -> None:
    """An agent's own profile has its permission in addition."""
    agent = LicenseClient().license.state.agents[AGENT1]

    assert views.render_profile(agent, 7).keys() == AGENT_MEMBERS | USER_MEMBERS | {
        "routing_status",
        "permission",
    }


def test_a_thread_has_the_documented_members() -> None:
    """Optional members are left out if empty."""
    thread = LicenseClient().license.state.chats[CHAT].threads_by_id[THREAD]
    required = {"id", "timestamp", "active", "user_ids", "order", "access"}

    assert views.render_thread(thread).keys() == required | {"events", "properties"}
    thread.tags, thread.properties = ("a",), {}
    assert views.render_thread(thread, is_accessible=False).keys() == required | {
        "restricted_access",
        "tags",
    }


def test_a_summary_has_the_documented_members() -> None:
    """The summary of a chat has all documented members."""
    [summary] = LicenseClient().call("get_chats_summary", limit=1).payload["chats_summary"]

    assert summary.keys() == {
        "id",
        "users",
        "last_event_per_type",
        "last_thread_summary",
        "properties",
        "access",
        "is_followed",
        "order",
    }
    assert {"id", "timestamp", "user_ids", "order", "properties"} <= summary[
        "last_thread_summary"
    ].keys()


def test_access_json_has_agents_only_if_any() -> None:
    """group_ids are always present, agent_ids only if agents are listed."""
    assert views.render_access(Access((0, 2))) == {"group_ids": [0, 2]}
    assert views.render_access(Access((), ("a@b",))) == {"group_ids": [], "agent_ids": ["a@b"]}
