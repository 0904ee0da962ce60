"""Chapter "chats"."""

from typing import Any

from rtmcli.sandbox import events, pagination, properties, routing, threads, views
from rtmcli.sandbox.interface import ActionResult, Payload
from rtmcli.sandbox.model import Access, Agent, Chat, Customer, JSONObject
from rtmcli.sandbox.request_context import RequestContext
from rtmcli.sandbox.state import State, reject


class _InitialChat:
    """The initial data of a chat, validated before anything changes."""

    def __init__(self, context: RequestContext, payload: Payload) -> None:
        chat_fields = payload.get("chat", {})
        thread_fields = chat_fields.get("thread", {})
        self.context = context
        self.access = _parse_access(context.state, chat_fields)
        self.properties = properties.validate_and_wrap(chat_fields.get("properties", {}), "chat")
        self.thread_properties = properties.validate_and_wrap(
            thread_fields.get("properties", {}), "thread"
        )
        self.tags = tuple(dict.fromkeys(thread_fields.get("tags", ())))
        events.validate_initial_events(thread_fields.get("events", []))
        self.events = [
            events.build_event(each, context.user_id) for each in thread_fields.get("events", ())
        ]
        self.customer = _find_customer(context.state, chat_fields.get("users", []))
        self.is_followed: bool = chat_fields.get("is_followed", False)
        if "continuous" in payload:
            continuous = {"routing": {"continuous": {"value": payload["continuous"]}}}
            self.properties = properties.merge(self.properties, continuous)

    def apply(self, chat: Chat) -> None:
        """Apply the data and open a thread with the requester and the customer."""
        context, state = self.context, self.context.state
        chat.access = self.access or chat.access
        chat.properties = properties.merge(chat.properties, self.properties)
        if self.customer:
            threads.add_member(state, chat, self.customer.id, "customer")
        threads.add_member(state, chat, context.user_id, "agent")
        thread = threads.open_thread(state, chat)
        thread.properties = self.thread_properties
        thread.tags = self.tags
        if self.is_followed:
            chat.followers.add(context.agent.id)
            chat.invalidate_recipients()
        chat.order = max(chat.order + 1, int(state.now * 1_000_000))
        for event in self.events:
            threads.add_event(state, chat, thread, event)


def _parse_access(state: State, chat_fields: JSONObject) -> Access | None:
    if "access" not in chat_fields:
        return None
    group_ids = chat_fields["access"]["group_ids"]
    return Access(tuple(dict.fromkeys(state.group(each) for each in group_ids)))


def _find_customer(state: State, users: list[JSONObject]) -> Customer | None:
    """Return the initial customer; no other users are allowed."""
    if not users:
        return None
    if len(users) > 1 or users[0].get("type", "customer") != "customer":
        reject("chat.users must have at most one user, of type customer")
    customer = state.customer(str(users[0].get("id", "without id")))
    state.reject_if_banned(customer)
    return customer


def activate_chat(context: RequestContext, payload: Payload) -> ActionResult:
    """Open a new thread in a chat that has no active one."""
    chat = context.chat(payload["chat"]["id"])
    if chat.active_thread:
        reject(f"chat {chat.id} is already active: thread {chat.last_thread.id}")
    initial_chat = _InitialChat(context, payload)
    customer = initial_chat.customer
    if customer and chat.customer_id and chat.customer_id != customer.id:
        reject(f"chat {chat.id} already has a customer: {chat.customer_id}")
    if customer and not chat.customer_id:
        _reject_second_chat(customer)
    if chat.customer_id:
        context.state.reject_if_banned(context.state.customer(chat.customer_id))
    previous_recipients = context.state.recipients(chat)
    initial_chat.apply(chat)
    return _started_chat_result(
        context,
        chat,
        threads=[views.render_thread(chat.last_thread)],
        extra_recipients=previous_recipients,
    )


def start_chat(context: RequestContext, payload: Payload) -> ActionResult:
    """Start a chat."""
    initial_chat = _InitialChat(context, payload)
    if initial_chat.customer:
        _reject_second_chat(initial_chat.customer)
    chat = Chat(context.state.new_id(), Access())
    context.state.chats[chat.id] = chat
    initial_chat.apply(chat)
    return _started_chat_result(context, chat, thread=views.render_thread(chat.last_thread))


def _reject_second_chat(customer: Customer) -> None:
    if customer.chat_id:
        reject(f"customer {customer.id} already has a chat: activate chat {customer.chat_id}")


def _started_chat_result(
    context: RequestContext,
    chat: Chat,
    extra_recipients: frozenset[str] = frozenset(),
    **thread_fields: Any,
) -> ActionResult:
    state, agent_id = context.state, context.agent.id
    response = {
        **views.render_chat(state, chat, **thread_fields),
        "is_followed": agent_id in chat.followers,
    }
    deliveries = threads.incoming_chat_thread(
        state, chat, extra_recipients=extra_recipients, requester_id=agent_id
    )
    return ActionResult({"chat": response}, deliveries)


def follow_chat(context: RequestContext, payload: Payload) -> ActionResult:
    """Follow a chat; if the agent follows it or is present already, do nothing."""
    chat, agent_id = context.chat(payload["chat_id"]), context.agent.id
    if agent_id in chat.followers or chat.is_present(agent_id):
        return ActionResult({}, [])
    chat.followers.add(agent_id)
    chat.invalidate_recipients()
    return ActionResult(
        {},
        threads.incoming_chat_thread(
            context.state, chat, only_recipient=agent_id, requester_id=agent_id
        ),
    )


def unfollow_chat(context: RequestContext, payload: Payload) -> ActionResult:
    """Stop following a chat."""
    chat, agent_id = context.chat(payload["chat_id"]), context.agent.id
    if chat.is_present(agent_id):
        reject(f"{agent_id} is present in chat {chat.id} and cannot unfollow it")
    chat.followers.discard(agent_id)
    chat.invalidate_recipients()
    return ActionResult({}, [])


def get_chats_summary(context: RequestContext, payload: Payload) -> ActionResult:
    """List summaries of the accessible chats, sorted by their last event."""
    if "pagination" in payload:
        reject("pagination is not supported: use page_id, limit, order and filters")
    filters = payload.get("filters", {})
    property_filters = filters.get("properties", {})
    properties.validate_filters(property_filters)
    include_active = filters.get("include_active", True)
    matching = [
        chat
        for chat in context.state.chats.values()
        if context.can_access(chat)
        and (include_active or not chat.active_thread)
        and properties.matches(chat.properties, property_filters)
    ]
    matching.sort(key=lambda chat: chat.order)
    page = pagination.page_by_number(matching, payload)
    summaries = [views.render_summary(context, chat) for chat in page.items]
    return ActionResult(
        {"chats_summary": summaries, "found_chats": len(matching), **page.page_ids}, []
    )


def transfer_chat(context: RequestContext, payload: Payload) -> ActionResult:
    """Transfer an active chat to agents or groups; by default, to the chat's own groups."""
    state, chat = context.state, context.chat(payload["chat_id"])
    thread = chat.active_thread
    if not thread:
        reject(f"chat {chat.id} has no active thread to transfer")
    target = payload.get("target", {"type": "group", "ids": list(chat.access.group_ids)})
    target_type, ids = target["type"], target["ids"]
    if not ids:
        reject("target.ids must not be empty")
    if target_type == "group":
        access = Access(tuple(dict.fromkeys(state.group(each) for each in ids)))
        candidates = _group_candidates(state, chat, access)
    else:
        access, candidates = chat.access, _agent_candidates(state, chat, ids)
    force = payload.get("force", False)
    assignee = routing.pick_agent(state, candidates, chat, force=force and target_type == "agent")
    if not assignee and not force:
        reject(f"no agent of {target_type} {', '.join(map(str, ids))} can take the chat")
    names = (
        state.group_names if target_type == "group" else {each.id: each.name for each in candidates}
    )
    leaving = [each for each in chat.present_agents() if not assignee or each != assignee.id]
    previous_recipients = state.key_change_recipients(chat)
    chat.access = thread.access = access
    chat.invalidate_recipients()
    push_payload = {
        "chat_id": chat.id,
        "thread_id": thread.id,
        "requester_id": context.user_id,
        "type": target_type,
        "ids": ids,
    }
    delivery = state.chat_push(chat, "chat_transferred", push_payload)
    deliveries = [delivery._replace(agent_ids=delivery.agent_ids | previous_recipients)]
    deliveries += [threads.remove_user(state, chat, each) for each in leaving]
    if assignee and not chat.is_present(assignee.id):
        deliveries.append(threads.add_user(state, chat, assignee.id, "agent"))
    deliveries += threads.add_system_message(
        state,
        chat,
        "chat_transferred",
        initiator=state.agents[context.user_id].name,
        targets=", ".join(names[each] for each in ids),
    )
    return ActionResult({}, deliveries)


def _group_candidates(state: State, chat: Chat, access: Access) -> list[Agent]:
    """Return the agents with access, except bots, who are not present in the chat."""
    return [
        agent
        for agent in state.agents.values()
        if not agent.is_bot and agent.is_allowed_by(access) and not chat.is_present(agent.id)
    ]


def _agent_candidates(state: State, chat: Chat, ids: list[Any]) -> list[Agent]:
    """Return the agents named by a transfer; reject those without access to the chat."""
    agents = [state.agent(each) for each in ids]
    for agent in agents:
        if not agent.is_allowed_by(chat.access) and not chat.is_present(agent.id):
            reject(f"agent {agent.id} has no access to chat {chat.id}")
    return agents
