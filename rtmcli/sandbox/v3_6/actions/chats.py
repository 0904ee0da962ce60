"""The changing part of chapter "Chats", and chapter "Chat access"."""

from typing import Any

from rtmcli.sandbox import scopes
from rtmcli.sandbox.domain import properties
from rtmcli.sandbox.domain.chats import memberships, starting, threads, transfers
from rtmcli.sandbox.domain.chats.starting import InitialChat
from rtmcli.sandbox.domain.errors import Refusal, out_of_reach, refuse, reject
from rtmcli.sandbox.domain.facts import ThreadOpened
from rtmcli.sandbox.domain.model import Access, Customer
from rtmcli.sandbox.domain.properties import merge
from rtmcli.sandbox.domain.state import State
from rtmcli.sandbox.interface import ActionResult, Payload
from rtmcli.sandbox.request_context import RequestContext
from rtmcli.sandbox.v3_6 import events
from rtmcli.sandbox.v3_6.presence import require_active_thread, require_presence

_MAX_AGENTS = 4  # besides the requester


def start_chat(context: RequestContext, payload: Payload) -> ActionResult:
    """Start a chat with the requester, other users and events."""
    initial = _parse_initial_chat(context, payload, default_access=Access())
    if initial.customer and not payload.get("continuous", False):
        starting.reject_second_chat(initial.customer, "resume")
    [opened] = starting.start(context.state, initial, context.user_id, context.agent.id)
    return _started(context, opened, initial, {"chat_id": opened.chat.id})


def resume_chat(context: RequestContext, payload: Payload) -> ActionResult:
    """Open a new thread in a chat that has no active one."""
    chat = context.chat(payload["chat"]["id"])
    if chat.active_thread:
        reject(f"chat {chat.id} is already active: thread {chat.last_thread.id}")
    initial = _parse_initial_chat(context, payload, default_access=Access())
    [opened] = starting.resume(context.state, chat, initial, context.user_id, context.agent.id)
    return _started(context, opened, initial, {})


def _started(
    context: RequestContext, opened: ThreadOpened, initial: InitialChat, ids: dict[str, str]
) -> ActionResult:
    """Return the IDs of what was started; its events are seen by the requester."""
    chat, thread = opened.chat, opened.thread
    chat.users[context.user_id].seen_up_to = chat.updated
    response: Payload = {**ids, "thread_id": thread.id}
    if initial.events:
        response["event_ids"] = [
            event.id for event in thread.events if event.type != "system_message"
        ]
    return ActionResult(response, [opened])


def _parse_initial_chat(
    context: RequestContext, payload: Payload, *, default_access: Access
) -> InitialChat:
    """Validate the initial data of a chat or a new thread."""
    state, chat_fields = context.state, payload.get("chat", {})
    thread_fields = chat_fields.get("thread", {})
    raw_events = thread_fields.get("events", [])
    events.validate_initial_events(raw_events)
    access = default_access
    if "access" in chat_fields:
        group_ids = chat_fields["access"]["group_ids"]
        access = Access(tuple(dict.fromkeys(state.group(each) for each in group_ids)))
    customer, agent_ids = _parse_users(context, chat_fields.get("users", []), access)
    if context.scope_level != scopes.ALL and not context.agent.is_allowed_by(access):
        out_of_reach(f"the token's scopes do not cover groups {list(access.group_ids)}")
    chat_properties = properties.validate(chat_fields.get("properties", {}), "chat")
    if "continuous" in payload:
        continuous = {"routing": {"continuous": payload["continuous"]}}
        chat_properties = merge(chat_properties, continuous)
    authors = {context.user_id, *agent_ids, *([customer.id] if customer else ())}
    return InitialChat(
        access,
        chat_properties,
        properties.validate(thread_fields.get("properties", {}), "thread"),
        events=tuple(
            events.build_event(each, _author_of(each, context.user_id, authors))
            for each in raw_events
        ),
        customer=customer,
        agent_ids=agent_ids,
        is_active=payload.get("active", True),
    )


def _author_of(raw_event: dict[str, Any], requester_id: str, authors: set[str]) -> str:
    author_id = raw_event.get("author_id", requester_id)
    if author_id not in authors:
        reject(f"the author {author_id} of an event is not in chat.users")
    return str(author_id)


def _parse_users(
    context: RequestContext, users: list[dict[str, str]], access: Access
) -> tuple[Customer | None, tuple[str, ...]]:
    """Return the customer and the agents to add; each is counted once, the requester never."""
    state = context.state
    ids = {
        kind: list(dict.fromkeys(each["id"] for each in users if each["type"] == kind))
        for kind in ("customer", "agent")
    }
    customers = [state.customer(each) for each in ids["customer"]]
    agents = [state.agent(each) for each in ids["agent"] if each != context.user_id]
    if len(customers) > 1 or len(agents) > _MAX_AGENTS:
        reject(f"chat.users may have 1 customer and {_MAX_AGENTS} agents besides the requester")
    for agent in agents:
        if not agent.is_allowed_by(access):
            refuse(Refusal.TARGET_OUT_OF_REACH, f"agent {agent.id} has no access to the chat")
    for customer in customers:
        state.reject_if_banned(customer)
    return (customers[0] if customers else None), tuple(agent.id for agent in agents)


def deactivate_chat(context: RequestContext, payload: Payload) -> ActionResult:
    """Close the active thread."""
    chat = context.chat(payload["id"])
    require_presence(context, chat, payload)
    require_active_thread(chat)
    facts = threads.close_thread(
        context.state,
        chat,
        "manual_archived_agent",
        user_id=context.user_id,
        agent=context.user.name,
    )
    return ActionResult({}, facts)


def follow_chat(context: RequestContext, payload: Payload) -> ActionResult:
    """Follow a chat; if the agent follows it or is present already, do nothing."""
    return ActionResult({}, memberships.follow(context.chat(payload["id"]), context.agent.id))


def unfollow_chat(context: RequestContext, payload: Payload) -> ActionResult:
    """Stop following a chat."""
    chat = context.chat(payload["id"])
    # C7: the response has the chat's ID in the RTM reference only.
    return ActionResult({"chat_id": chat.id}, memberships.unfollow(chat, context.agent.id))


def transfer_chat(context: RequestContext, payload: Payload) -> ActionResult:
    """Transfer an active chat to agents or groups; by default, to the chat's own groups."""
    state = context.state
    state.chat(payload["id"])
    _check_target(state, payload.get("target", {}))
    chat = context.chat(payload["id"])
    require_presence(context, chat, payload)
    require_active_thread(chat)
    facts = transfers.transfer(
        state,
        chat,
        payload.get("target"),
        context.user,
        force=payload.get("ignore_agents_availability", False),
    )
    return ActionResult({}, facts)


def _check_target(state: State, target: Payload) -> None:
    """Refuse groups and agents that do not exist."""
    find = state.group if target.get("type") == "group" else state.agent
    for each in target.get("ids", ()):
        find(each)
