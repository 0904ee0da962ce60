"""A state machine acts on one license through both versions at random."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from support.license_client import (
    AGENT1,
    AGENT2,
    AGENT3,
    LicenseClient,
    LicenseClient36,
    render,
)
from support.sample_ids import BOT, CHAT, CLOSED_CHAT, GRACES_CHAT, GROUP2_CHAT, UNASSIGNED_CHAT

from rtmcli.sandbox.domain.errors import DomainError
from rtmcli.sandbox.domain.facts import EventAdded, Fact
from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.interface import RequestError

CHATS = st.sampled_from([CHAT, CLOSED_CHAT, GRACES_CHAT, GROUP2_CHAT, UNASSIGNED_CHAT])
AGENTS = st.sampled_from([AGENT1, AGENT2, AGENT3])
USERS = st.sampled_from([AGENT1, AGENT2, AGENT3, BOT])
GROUPS = st.sampled_from([0, 1, 2, 3])
VISIBILITIES = st.sampled_from(["all", "agents"])
TAGS = st.sampled_from(["a", "b"])
PROPERTIES = st.sampled_from([{"test": {"int_property": 1}}, {"rating": {"score": 0}}])
EVENTS = st.sampled_from(
    [{"type": "message", "text": "hi"}, {"type": "custom"}, {"type": "annotation", "text": "x"}]
)
NEW_EVENTS = st.sampled_from(
    [
        {"type": "message", "text": "hi"},
        {"type": "message", "text": "psst", "visibility": "agents"},
        {"type": "form", "form_id": "1", "fields": []},
    ]
)
# The names of what both versions announce.
OLD_TO_NEW = {
    "incoming_chat_thread": "incoming_chat",
    "thread_closed": "chat_deactivated",
    "access_set": "chat_access_updated",
    "access_granted": "chat_access_updated",
    "access_revoked": "chat_access_updated",
    "chat_transferred": "chat_transferred",
    "chat_user_added": "user_added_to_chat",
    "chat_user_removed": "user_removed_from_chat",
    "incoming_event": "incoming_event",
    "event_updated": "event_updated",
    "chat_properties_updated": "chat_properties_updated",
    "chat_thread_properties_updated": "thread_properties_updated",
    "chat_thread_tagged": "thread_tagged",
    "chat_thread_untagged": "thread_untagged",
    "customer_created": "incoming_customer",
    "customer_updated": "customer_updated",
    "customer_banned": "customer_banned",
    "customer_visit_started": "incoming_customer",
    "customer_page_updated": "customer_page_updated",
    "customer_visit_ended": "customer_left",
    "agent_updated": "routing_status_set",
    "last_seen_timestamp_updated": "events_marked_as_seen",
}
# What only v3.6 announces, by what else must have happened.
NEW_BECAUSE_OF = {
    "customer_statistics_updated": {"incoming_chat", "customer_page_updated"},
    "chat_transferred": {"user_added_to_chat"},  # by the router
    "chat_access_updated": {"chat_transferred"},
    "incoming_chat": {"chat_transferred"},
    "groups_status_updated": {"routing_status_set"},
    "queue_positions_updated": {"user_added_to_chat", "chat_deactivated", "chat_transferred"},
    "chat_unfollowed": set[str](),
    "thread_summary_set": set[str](),
    "incoming_error": set[str](),
}
# What may follow each action of either version, in the words of v3.6, besides what else follows
# from that (NEW_BECAUSE_OF).
_LEAVING = {"chat_deactivated", "incoming_event"}
_ENTERING = {"user_added_to_chat", "user_removed_from_chat", "incoming_event"}
CAUSED_BY = {
    "send_event": {"incoming_event", "incoming_chat", "user_added_to_chat"},  # 3.0: the author
    "close_thread": _LEAVING,
    "deactivate_chat": _LEAVING,
    "activate_chat": {"incoming_chat"},
    "resume_chat": {"incoming_chat"},
    "add_user_to_chat": _ENTERING,
    "remove_user_from_chat": _ENTERING,
    "transfer_chat": {"chat_transferred", *_ENTERING},
    "set_access": {"chat_access_updated"},
    "tag_chat_thread": {"thread_tagged"},
    "untag_thread": {"thread_untagged"},
    "update_chat_properties": {"chat_properties_updated"},
    "follow_chat": {"incoming_chat"},
    "unfollow_chat": {"chat_unfollowed"},
    "request_thread_summary": {"thread_summary_set", "incoming_event", "incoming_error"},
    "set_routing_status": {"routing_status_set", "chat_transferred", *_ENTERING},
    "ban_customer": {"customer_banned", "customer_left", *_LEAVING},
    # Customers.
    "start_visit": {"incoming_customer", "customer_page_updated"},
    "send_message": {"incoming_event", "incoming_chat"},
    "end_visit": {"customer_left", *_LEAVING},
}
# Actions that concern chats other than the one that they name.
CONCERN_OTHER_CHATS = {"set_routing_status", "ban_customer"}
# Events that only one version has.
HIDDEN_TYPES = {"annotation", "form", "system"}


class TwoVersions(RuleBasedStateMachine):
    """Agents in both versions, and customers."""

    def __init__(self) -> None:
        super().__init__()
        self.license = License(seed=1)
        agents = (AGENT1, AGENT2, AGENT3)
        self.old = {
            each: LicenseClient(self.license, each, connection)
            for connection, each in enumerate(agents, start=1)
        }
        self.new = {
            each: LicenseClient36(self.license, each, connection)
            for connection, each in enumerate(agents, start=11)
        }
        self.last_update: dict[str, int] = {}

    def fingerprint(self) -> str:
        """Return all chats as an agent who sees everything reads them."""
        chats = self.license.state.chats
        return repr([self.new[AGENT1].call("get_chat", chat_id=each).payload for each in chats])

    def call(self, client: LicenseClient, action: str, **payload: Any) -> None:
        """Send a request; if it fails, it must have changed nothing."""
        before = self.fingerprint()
        try:
            result = client._dialect.execute(self.license, client.caller, action, payload)
        except RequestError:
            assert self.fingerprint() == before
        else:
            for facts in (result.facts, *(later.happen() for later in result.later)):
                self.check_pushes(facts)
                self.check_causes(facts, action, _chat_of(payload) or payload.get("id", ""))

    def check_pushes(self, facts: Sequence[Fact]) -> None:
        """Each push must have a counterpart in the other version, or a cause."""
        old_names = {each.name for each in render(self.license, facts)}
        names = {each.name for each in render(self.license, facts, "3.6")}
        event_types = {fact.event.type for fact in facts if isinstance(fact, EventAdded)}
        hidden = bool(event_types) and event_types <= HIDDEN_TYPES
        expected = {OLD_TO_NEW[each] for each in old_names}
        if hidden:
            expected.discard("incoming_event")
            names.discard("incoming_event")
        assert expected <= names
        for name in names - expected:
            causes = NEW_BECAUSE_OF[name]
            assert not causes or causes & names, name

    def check_causes(self, facts: Sequence[Fact], action: str, chat_id: str) -> None:
        """Each push must be one that the action causes, and about the chat that it names."""
        for version in ("3.0", "3.6"):
            deliveries = render(self.license, facts, version)
            names = {OLD_TO_NEW.get(each.name, each.name) for each in deliveries}
            caused = set(CAUSED_BY[action])
            caused |= {each for each, causes in NEW_BECAUSE_OF.items() if causes & caused}
            assert names <= caused, (action, names - caused)
            for each in deliveries if action not in CONCERN_OTHER_CHATS else ():
                if each.name != "queue_positions_updated":
                    assert _chat_of(each.payload) in {None, chat_id}, (action, each)

    def visit(self, action: str, customer_id: str, *arguments: str) -> None:
        """Let a customer do something; it may not be possible."""
        before = self.fingerprint()
        try:
            result = getattr(self.license.visitors, action)(customer_id, *arguments)
        except DomainError:
            assert self.fingerprint() == before
        else:
            facts = result[1] if isinstance(result, tuple) else result
            self.check_pushes(facts)
            self.check_causes(facts, action, self.license.state.customers[customer_id].chat_id)

    def last_thread_id(self, chat_id: str) -> str:
        """Return the ID of the last thread of a chat."""
        return self.license.state.chats[chat_id].last_thread.id

    # v3.0

    @rule(agent=AGENTS, chat=CHATS, event=EVENTS)
    def send_in_old(self, agent: str, chat: str, event: dict[str, Any]) -> None:
        """Send in v3.0."""
        self.call(self.old[agent], "send_event", chat_id=chat, event=event)

    @rule(agent=AGENTS, chat=CHATS)
    def close_in_old(self, agent: str, chat: str) -> None:
        """Close in v3.0."""
        self.call(self.old[agent], "close_thread", chat_id=chat)

    @rule(agent=AGENTS, chat=CHATS)
    def activate_in_old(self, agent: str, chat: str) -> None:
        """Activate in v3.0."""
        self.call(self.old[agent], "activate_chat", chat={"id": chat})

    @rule(agent=AGENTS, chat=CHATS, user=USERS)
    def add_user_in_old(self, agent: str, chat: str, user: str) -> None:
        """Add user in v3.0."""
        self.call(
            self.old[agent], "add_user_to_chat", chat_id=chat, user_id=user, user_type="agent"
        )

    @rule(agent=AGENTS, chat=CHATS, user=USERS)
    def remove_user_in_old(self, agent: str, chat: str, user: str) -> None:
        """Remove user in v3.0."""
        action = "remove_user_from_chat"
        self.call(self.old[agent], action, chat_id=chat, user_id=user, user_type="agent")

    @rule(chat=CHATS, group=GROUPS, force=st.booleans())
    def transfer_in_old(self, chat: str, group: int, force: bool) -> None:
        """Transfer in v3.0."""
        target = {"type": "group", "ids": [group]}
        self.call(self.old[AGENT1], "transfer_chat", chat_id=chat, target=target, force=force)

    @rule(chat=CHATS, group=GROUPS)
    def set_access_in_old(self, chat: str, group: int) -> None:
        """Set access in v3.0."""
        access = {"type": "group", "id": group}
        self.call(self.old[AGENT1], "set_access", resource="chat", id=chat, access=access)

    @rule(agent=AGENTS, chat=CHATS, tag=TAGS)
    def tag_in_old(self, agent: str, chat: str, tag: str) -> None:
        """Tag in v3.0."""
        thread_id = self.last_thread_id(chat)
        self.call(self.old[agent], "tag_chat_thread", chat_id=chat, thread_id=thread_id, tag=tag)

    @rule(agent=AGENTS, chat=CHATS, properties=PROPERTIES)
    def update_properties_in_old(self, agent: str, chat: str, properties: dict[str, Any]) -> None:
        """Update properties in v3.0."""
        action = "update_chat_properties"
        self.call(self.old[agent], action, chat_id=chat, properties=properties)

    # v3.6

    @rule(agent=AGENTS, chat=CHATS, event=NEW_EVENTS)
    def send_in_new(self, agent: str, chat: str, event: dict[str, Any]) -> None:
        """Send in v3.6."""
        self.call(self.new[agent], "send_event", chat_id=chat, event=event)

    @rule(agent=AGENTS, chat=CHATS, ignore=st.booleans())
    def deactivate_in_new(self, agent: str, chat: str, ignore: bool) -> None:
        """Deactivate in v3.6."""
        self.call(self.new[agent], "deactivate_chat", id=chat, ignore_requester_presence=ignore)

    @rule(agent=AGENTS, chat=CHATS, active=st.booleans())
    def resume_in_new(self, agent: str, chat: str, active: bool) -> None:
        """Resume in v3.6."""
        self.call(self.new[agent], "resume_chat", chat={"id": chat}, active=active)

    @rule(agent=AGENTS, chat=CHATS, user=USERS, visibility=VISIBILITIES)
    def add_user_in_new(self, agent: str, chat: str, user: str, visibility: str) -> None:
        """Add user in v3.6."""
        self.call(
            self.new[agent],
            "add_user_to_chat",
            chat_id=chat,
            user_id=user,
            user_type="agent",
            visibility=visibility,
            ignore_requester_presence=True,
        )

    @rule(chat=CHATS, group=GROUPS, force=st.booleans())
    def transfer_in_new(self, chat: str, group: int, force: bool) -> None:
        """Transfer in v3.6."""
        self.call(
            self.new[AGENT1],
            "transfer_chat",
            id=chat,
            target={"type": "group", "ids": [group]},
            ignore_agents_availability=force,
            ignore_requester_presence=True,
        )

    @rule(agent=AGENTS, chat=CHATS)
    def follow_in_new(self, agent: str, chat: str) -> None:
        """Follow in v3.6."""
        self.call(self.new[agent], "follow_chat", id=chat)

    @rule(agent=AGENTS, chat=CHATS)
    def unfollow_in_new(self, agent: str, chat: str) -> None:
        """Unfollow in v3.6."""
        self.call(self.new[agent], "unfollow_chat", id=chat)

    @rule(agent=AGENTS, chat=CHATS, tag=TAGS)
    def untag_in_new(self, agent: str, chat: str, tag: str) -> None:
        """Untag in v3.6."""
        thread_id = self.last_thread_id(chat)
        self.call(self.new[agent], "untag_thread", chat_id=chat, thread_id=thread_id, tag=tag)

    @rule(agent=AGENTS, chat=CHATS)
    def summarize_in_new(self, agent: str, chat: str) -> None:
        """Summarize in v3.6."""
        thread_id = self.last_thread_id(chat)
        self.call(self.new[agent], "request_thread_summary", chat_id=chat, thread_id=thread_id)

    @rule(agent=AGENTS, status=st.sampled_from(["accepting_chats", "not_accepting_chats"]))
    def set_status_in_new(self, agent: str, status: str) -> None:
        """Set status in v3.6."""
        self.call(self.new[agent], "set_routing_status", status=status)

    @rule(index=st.integers(0, 5), days=st.integers(1, 3))
    def ban_in_new(self, index: int, days: int) -> None:
        """Ban in v3.6."""
        customer_id = list(self.license.state.customers)[-1 - index]
        self.call(self.new[AGENT1], "ban_customer", id=customer_id, ban={"days": days})

    # Customers.

    @rule(index=st.integers(0, 5))
    def visit_website(self, index: int) -> None:
        """Visit the website."""
        customer_id = list(self.license.state.customers)[-1 - index]
        self.visit("start_visit", customer_id)

    @rule(index=st.integers(0, 5))
    def send_as_customer(self, index: int) -> None:
        """Send as a customer."""
        online = self.license.visitors.online()
        if online:
            customer_id = online[index % len(online)]
            self.visit("send_message", customer_id, "hello")

    @rule(index=st.integers(0, 5))
    def leave_website(self, index: int) -> None:
        """Leave the website."""
        online = self.license.visitors.online()
        if online:
            customer_id = online[index % len(online)]
            self.visit("end_visit", customer_id)

    @invariant()
    def at_most_one_thread_is_active(self) -> None:
        """Check that it is the last one, and that the license knows which chats are active."""
        for chat in self.license.state.chats.values():
            assert not any(thread.active for thread in chat.threads[:-1])
            assert (chat.id in self.license.state.active_chats) is chat.last_thread.active
            assert chat.id not in self.license.state.queue or chat.last_thread.active

    @invariant()
    def orders_only_grow(self) -> None:
        """Events and threads are in order of time, and no time goes back."""
        for chat in self.license.state.chats.values():
            assert chat.updated >= self.last_update.get(chat.id, 0)
            self.last_update[chat.id] = chat.updated
            threads = [thread.created for thread in chat.threads]
            assert threads == sorted(set(threads))
            for thread in chat.threads:
                events = [event.created for event in thread.events]
                assert events == sorted(set(events))
                assert [event.number for event in thread.events] == [*range(1, len(events) + 1)]

    @invariant()
    def both_views_agree(self) -> None:
        """Check that both show the same users, threads, events and properties."""
        for chat in self.license.state.chats.values():
            threads = [thread.id for thread in chat.threads]
            payload = {"chat_id": chat.id, "thread_ids": threads}
            old = self.old[AGENT1].call("get_chat_threads", payload).payload["chat"]
            assert old["is_followed"] is (AGENT1 in chat.followers)
            for old_thread in old["threads"]:
                ids = {"chat_id": chat.id, "thread_id": old_thread["id"]}
                new = self.new[AGENT1].call("get_chat", ids).payload
                assert _neutral_thread(old_thread) == _neutral_thread(new["thread"])
                assert _users(old) == _users(new)
                assert old["access"]["group_ids"] == new["access"]["group_ids"]
                assert _bare(old["properties"]) == new["properties"]


def _chat_of(payload: Any) -> str | None:
    """Return the ID of the chat that a request or push is about, if it names one."""
    if not isinstance(payload, dict):
        return None
    chat_id: str | None = payload.get("chat", {}).get("id", payload.get("chat_id"))
    return chat_id


def _users(chat: dict[str, Any]) -> list[tuple[str, str, bool]]:
    return [(user["id"], user["type"], user["present"]) for user in chat["users"]]


def _bare(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        namespace: {name: value["value"] for name, value in names.items()}
        for namespace, names in properties.items()
    }


def _neutral_thread(thread: dict[str, Any]) -> dict[str, Any]:
    """Return what both versions show of a thread."""
    shown = [event for event in thread["events"] if event["type"] not in HIDDEN_TYPES]
    return {
        "active": thread["active"],
        "user_ids": thread["user_ids"],
        "tags": thread.get("tags"),
        "group_ids": thread["access"]["group_ids"],
        "events": [
            (each["id"], each["type"], each.get("author_id"), each.get("text")) for each in shown
        ],
        "audiences": [each.get("recipients", each.get("visibility")) for each in shown],
    }


def test_two_versions_act_on_one_license() -> None:
    """Whatever agents and customers do, both versions show the same license."""
    run_state_machine_as_test(
        TwoVersions, settings=settings(max_examples=25, stateful_step_count=25, deadline=None)
    )


@pytest.mark.slow
def test_two_versions_act_on_one_license_for_long() -> None:
    """The same, with more and longer runs."""
    run_state_machine_as_test(
        TwoVersions, settings=settings(max_examples=300, stateful_step_count=50, deadline=None)
    )
