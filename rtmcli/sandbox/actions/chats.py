"""Chapter "chats"."""

from typing import Any

from rtmcli.sandbox import events, pages, properties, threads, views
from rtmcli.sandbox.call import Call
from rtmcli.sandbox.model import ELSEWHERE, Access, Agent, Chat, Customer, Wire
from rtmcli.sandbox.seam import Outcome, Payload, Refusal
from rtmcli.sandbox.state import State, refuse


class _Beginning:
    """What a chat begins with, checked in full before anything changes."""

    def __init__(self, call: Call, payload: Payload) -> None:
        given = payload.get("chat", {})
        thread = given.get("thread", {})
        self.call = call
        self.access = _access(call.state, given)
        self.properties = properties.wrapped(given.get("properties", {}), "chat")
        self.thread_properties = properties.wrapped(thread.get("properties", {}), "thread")
        self.tags = tuple(dict.fromkeys(thread.get("tags", ())))
        events.check_first(thread.get("events", []))
        self.events = [events.compose(each, call.user_id) for each in thread.get("events", ())]
        self.customer = _customer(call.state, given.get("users", []))
        self.followed: bool = given.get("is_followed", False)
        if "continuous" in payload:
            continuous = {"routing": {"continuous": {"value": payload["continuous"]}}}
            self.properties = properties.merged(self.properties, continuous)

    def begin(self, chat: Chat) -> None:
        """Open the thread, with the requester and the customer in it."""
        call, state = self.call, self.call.state
        chat.access = self.access or chat.access
        chat.properties = properties.merged(chat.properties, self.properties)
        if self.customer:
            threads.seat(state, chat, self.customer.id, "customer")
        threads.seat(state, chat, call.user_id, "agent")
        thread = threads.open_thread(state, chat)
        thread.properties = self.thread_properties
        thread.tags = self.tags
        if self.followed:
            chat.followers.add(call.agent.id)
            chat.regroup()
        chat.order = max(chat.order + 1, int(state.now * 1_000_000))
        for event in self.events:
            threads.add_event(state, chat, thread, event)


def _access(state: State, given: Wire) -> Access | None:
    if "access" not in given:
        return None
    groups = given["access"]["group_ids"]
    return Access(tuple(dict.fromkeys(state.group(each) for each in groups)))


def _customer(state: State, users: list[Wire]) -> Customer | None:
    """Find the customer among the users to begin with, of whom there is one at most."""
    if not users:
        return None
    if len(users) > 1 or users[0].get("type", "customer") != "customer":
        refuse("chat.users takes one user at most, of type customer")
    customer = state.customer(str(users[0].get("id", "without id")))
    refuse_banned(state, customer)
    return customer


def refuse_banned(state: State, customer: Customer) -> None:
    """Refuse a customer who is banned."""
    if customer.banned_until > state.now:
        raise Refusal("authorization", f"customer {customer.id} is banned")


def activate_chat(call: Call, payload: Payload) -> Outcome:
    """Open a new thread in a chat that has no active one."""
    chat = call.chat(payload["chat"]["id"])
    if chat.active_thread:
        refuse(f"chat {chat.id} is active already: thread {chat.last_thread.id}")
    beginning = _Beginning(call, payload)
    joining = beginning.customer
    if joining and chat.customer_id and chat.customer_id != joining.id:
        refuse(f"chat {chat.id} has its customer already: {chat.customer_id}")
    if joining and not chat.customer_id:
        _refuse_second_chat(joining)
    if chat.customer_id:
        refuse_banned(call.state, call.state.customer(chat.customer_id))
    former = call.state.told(chat)
    beginning.begin(chat)
    return _begun(call, chat, threads=[views.thread(chat.last_thread)], also=former)


def start_chat(call: Call, payload: Payload) -> Outcome:
    """Start a chat."""
    beginning = _Beginning(call, payload)
    if beginning.customer:
        _refuse_second_chat(beginning.customer)
    chat = Chat(call.state.new_id(), Access())
    call.state.chats[chat.id] = chat
    beginning.begin(chat)
    return _begun(call, chat, thread=views.thread(chat.last_thread))


def _refuse_second_chat(customer: Customer) -> None:
    if customer.chat_id:
        refuse(f"customer {customer.id} has a chat already: activate_chat {customer.chat_id}")


def _begun(call: Call, chat: Chat, also: frozenset[str] = frozenset(), **opened: Any) -> Outcome:
    state, me = call.state, call.agent.id
    answer = {**views.chat(state, chat, **opened), "is_followed": me in chat.followers}
    told = threads.incoming_chat_thread(state, chat, also=also, requester=me)
    return Outcome({"chat": answer}, told)


def follow_chat(call: Call, payload: Payload) -> Outcome:
    """Follow a chat; who takes part in it or follows it already hears nothing new."""
    chat, me = call.chat(payload["chat_id"]), call.agent.id
    if me in chat.followers or chat.has(me):
        return Outcome({}, [])
    chat.followers.add(me)
    chat.regroup()
    return Outcome({}, threads.incoming_chat_thread(call.state, chat, only=me, requester=me))


def unfollow_chat(call: Call, payload: Payload) -> Outcome:
    """Stop following a chat."""
    chat, me = call.chat(payload["chat_id"]), call.agent.id
    if chat.has(me):
        refuse(f"{me} takes part in chat {chat.id} and cannot unfollow it")
    chat.followers.discard(me)
    chat.regroup()
    return Outcome({}, [])


def get_chats_summary(call: Call, payload: Payload) -> Outcome:
    """List summaries of the chats within reach, by their last event."""
    if "pagination" in payload:
        refuse("pagination is not taken: use page_id, limit, order and filters")
    filters = payload.get("filters", {})
    wanted = filters.get("properties", {})
    properties.check_filters(wanted)
    active_too = filters.get("include_active", True)
    found = [
        chat
        for chat in call.state.chats.values()
        if call.reaches(chat)
        and (active_too or not chat.active_thread)
        and properties.match(chat.properties, wanted)
    ]
    found.sort(key=lambda chat: chat.order)
    part = pages.numbered(found, payload)
    shown = [views.summary(call, chat) for chat in part.items]
    return Outcome({"chats_summary": shown, "found_chats": len(found), **part.links}, [])


def transfer_chat(call: Call, payload: Payload) -> Outcome:
    """Hand an active chat over to agents or groups, or to another agent of its groups."""
    state, chat = call.state, call.chat(payload["chat_id"])
    thread = chat.active_thread
    if not thread:
        refuse(f"chat {chat.id} has no active thread to transfer")
    target = payload.get("target", {"type": "group", "ids": list(chat.access.groups)})
    kind, ids = target["type"], target["ids"]
    if not ids:
        refuse("target.ids must not be empty")
    if kind == "group":
        access, able = _of_groups(state, chat, ids)
    else:
        access, able = chat.access, _of_agents(state, chat, ids)
    force = payload.get("force", False)
    taker = free_agent(state, able, chat, force=force and kind == "agent")
    if not taker and not force:
        refuse(f"no agent of {kind} {', '.join(map(str, ids))} can take the chat")
    names = state.groups if kind == "group" else {each.id: each.name for each in able}
    leaving = [each for each in chat.agents() if not taker or each != taker.id]
    before = state.told_of_key_changes(chat)
    chat.access = thread.access = access
    chat.regroup()
    moved = {
        "chat_id": chat.id,
        "thread_id": thread.id,
        "requester_id": call.user_id,
        "type": kind,
        "ids": ids,
    }
    told = state.push(chat, "chat_transferred", moved)
    deliveries = [told._replace(agents=told.agents | before)]
    deliveries += [threads.part(state, chat, each) for each in leaving]
    if taker and not chat.has(taker.id):
        deliveries.append(threads.join(state, chat, taker.id, "agent"))
    deliveries += threads.say(
        state,
        chat,
        "chat_transferred",
        initiator=state.agents[call.user_id].name,
        targets=", ".join(names[each] for each in ids),
    )
    return Outcome({}, deliveries)


def _of_groups(state: State, chat: Chat, ids: list[Any]) -> tuple[Access, list[Agent]]:
    """Find the access that a transfer to groups gives, and who could take the chat."""
    access = Access(tuple(dict.fromkeys(state.group(each) for each in ids)))
    staff = [agent for agent in state.agents.values() if not agent.bot]
    return access, [agent for agent in staff if agent.is_in(access) and not chat.has(agent.id)]


def _of_agents(state: State, chat: Chat, ids: list[Any]) -> list[Agent]:
    """Find the agents a transfer names; each must have access to the chat."""
    agents = [state.agent(each) for each in ids]
    for agent in agents:
        if not agent.is_in(chat.access) and not chat.has(agent.id):
            refuse(f"agent {agent.id} has no access to chat {chat.id}")
    return agents


def free_agent(
    state: State, able: list[Agent], chat: Chat | None = None, *, force: bool = False
) -> Agent | None:
    """Choose who takes a chat: of those who accept chats, the one with the fewest.

    Agents who are connected come before those who work with another program.
    """
    free = [
        agent
        for agent in able
        if force or (agent.online and agent.routing_status == "accepting_chats")
    ]
    if not free:
        return None
    load = dict.fromkeys((agent.id for agent in free), 0)
    for each in state.active.values():
        if each is not chat:
            for agent_id in each.agents():
                if agent_id in load:
                    load[agent_id] += 1
    return min(free, key=lambda agent: (ELSEWHERE in agent.connections, load[agent.id]))
