"""Chats, threads and users as the API shows them."""

from asking import AGENT1, AGENT4, BOT, CHAT, THREAD, Asker

from rtmcli.sandbox import views

AGENT = {"id", "type", "name", "email", "avatar"}
USER = {"present", "last_seen_timestamp"}


def test_users_have_the_members_of_their_kind() -> None:
    """Agents and customers show different members; both say whether they are present."""
    users = {each["type"]: each for each in Asker().chat()["users"]}

    assert users["agent"].keys() == AGENT | USER | {"routing_status"}
    assert USER | {"id", "type", "name", "statistics", "last_visit"} <= users["customer"].keys()


def test_bots_have_no_address_and_the_offline_no_status() -> None:
    """A bot shows no e-mail; an agent who is not logged in no routing status."""
    agents = Asker().licence.state.agents

    assert views.agent(agents[BOT]).keys() == AGENT - {"email"} | {"routing_status"}
    assert views.agent(agents[AGENT4]).keys() == AGENT


def test_a_profile_tells_the_permission() -> None:
    """The own profile is the agent with its permission."""
    agent = Asker().licence.state.agents[AGENT1]

    assert views.profile(agent, 7).keys() == AGENT | USER | {"routing_status", "permission"}


def test_a_thread_shows_what_the_documents_list() -> None:
    """Optional members are there only if there is something to show."""
    thread = Asker().licence.state.chats[CHAT].index[THREAD]
    shown = views.thread(thread)

    always = {"id", "timestamp", "active", "user_ids", "order", "access"}
    assert shown.keys() == always | {"events", "properties"}
    thread.tags, thread.properties = ("a",), {}
    assert views.thread(thread, is_open=False).keys() == always | {"restricted_access", "tags"}


def test_a_summary_shows_what_the_documents_list() -> None:
    """The summary of a chat has all members of the documents' table."""
    [summary] = Asker().ask("get_chats_summary", limit=1).answer["chats_summary"]

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
