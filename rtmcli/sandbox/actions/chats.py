"""Chapter "chats"."""

from typing import Any

from rtmcli.sandbox import events, pagination, properties, threads, views
from rtmcli.sandbox.interface import ActionResult, Payload, RequestError
from rtmcli.sandbox.model import EXTERNAL_CONNECTION, Access, Agent, Chat, Customer, JSONObject
from rtmcli.sandbox.request_context import RequestContext
from rtmcli.sandbox.state import State, reject


class _InitialChat:
    """What a chat begins with, checked in full before anything changes."""

    def __init__(self, context: RequestContext, payload: Payload) -> None:
        chat_fields = payload.get("chat", {})
        thread_fields = chat_fields.get("thread", {})
        self.call = context
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
        """Open the thread, with the requester and the customer in it."""
        context, state = self.call, self.call.state
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
    """Find the customer among the users to begin with, of whom there is one at most."""
    if not users:
        return None
    if len(users) > 1 or users[0].get("type", "customer") != "customer":
        reject("chat.users takes one user at most, of type customer")
    customer = state.customer(str(users[0].get("id", "without id")))
    reject_if_banned(state, customer)
    return customer


def reject_if_banned(state: State, customer: Customer) -> None:
    """Refuse a customer who is banned."""
    if customer.banned_until > state.now:
        raise RequestError("authorization", f"customer {customer.id} is banned")


def activate_chat(context: RequestContext, payload: Payload) -> ActionResult:
    """Open a new thread in a chat that has no active one."""
    chat = context.chat(payload["chat"]["id"])
    if chat.active_thread:
        reject(f"chat {chat.id} is active already: thread {chat.last_thread.id}")
    initial_chat = _InitialChat(context, payload)
    customer = initial_chat.customer
    if customer and chat.customer_id and chat.customer_id != customer.id:
        reject(f"chat {chat.id} has its customer already: {chat.customer_id}")
    if customer and not chat.customer_id:
        _reject_second_chat(customer)
    if chat.customer_id:
        reject_if_banned(context.state, context.state.customer(chat.customer_id))
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
        reject(f"customer {customer.id} has a chat already: activate_chat {customer.chat_id}")


def _started_chat_result(
    context: RequestContext,
    chat: Chat,
    extra_recipients: frozenset[str] = frozenset(),
    **thread_fields: Any,
) -> ActionResult:
    state, agent_id = context.state, context.agent.id
    answer = {
        **views.render_chat(state, chat, **thread_fields),
        "is_followed": agent_id in chat.followers,
    }
    deliveries = threads.incoming_chat_thread(
        state, chat, extra_recipients=extra_recipients, requester_id=agent_id
    )
    return ActionResult({"chat": answer}, deliveries)


def follow_chat(context: RequestContext, payload: Payload) -> ActionResult:
    """Follow a chat; who takes part in it or follows it already hears nothing new."""
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
        reject(f"{agent_id} takes part in chat {chat.id} and cannot unfollow it")
    chat.followers.discard(agent_id)
    chat.invalidate_recipients()
    return ActionResult({}, [])


def get_chats_summary(context: RequestContext, payload: Payload) -> ActionResult:
    """List summaries of the chats within reach, by their last event."""
    if "pagination" in payload:
        reject("pagination is not taken: use page_id, limit, order and filters")
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
    """Hand an active chat over to agents or groups, or to another agent of its groups."""
    state, chat = context.state, context.chat(payload["chat_id"])
    thread = chat.active_thread
    if not thread:
        reject(f"chat {chat.id} has no active thread to transfer")
    target = payload.get("target", {"type": "group", "ids": list(chat.access.group_ids)})
    target_type, ids = target["type"], target["ids"]
    if not ids:
        reject("target.ids must not be empty")
    if target_type == "group":
        access, candidates = _group_transfer(state, chat, ids)
    else:
        access, candidates = chat.access, _agent_candidates(state, chat, ids)
    force = payload.get("force", False)
    assignee = pick_agent(state, candidates, chat, force=force and target_type == "agent")
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


def _group_transfer(state: State, chat: Chat, ids: list[Any]) -> tuple[Access, list[Agent]]:
    """Find the access that a transfer to groups gives, and who could take the chat."""
    access = Access(tuple(dict.fromkeys(state.group(each) for each in ids)))
    human_agents = [agent for agent in state.agents.values() if not agent.is_bot]
    return access, [
        agent
        for agent in human_agents
        if agent.is_allowed_by(access) and not chat.is_present(agent.id)
    ]


def _agent_candidates(state: State, chat: Chat, ids: list[Any]) -> list[Agent]:
    """Find the agents a transfer names; each must have access to the chat."""
    agents = [state.agent(each) for each in ids]
    for agent in agents:
        if not agent.is_allowed_by(chat.access) and not chat.is_present(agent.id):
            reject(f"agent {agent.id} has no access to chat {chat.id}")
    return agents


def pick_agent(
    state: State, candidates: list[Agent], chat: Chat | None = None, *, force: bool = False
) -> Agent | None:
    """Choose who takes a chat: of those who accept chats, the one with the fewest.

    Agents who are connected come before those who work with another program.
    """
    available = [
        agent
        for agent in candidates
        if force or (agent.is_online and agent.routing_status == "accepting_chats")
    ]
    if not available:
        return None
    chat_counts = dict.fromkeys((agent.id for agent in available), 0)
    for each in state.active_chats.values():
        if each is not chat:
            for agent_id in each.present_agents():
                if agent_id in chat_counts:
                    chat_counts[agent_id] += 1
    return min(
        available,
        key=lambda agent: (EXTERNAL_CONNECTION in agent.away_by_connection, chat_counts[agent.id]),
    )
