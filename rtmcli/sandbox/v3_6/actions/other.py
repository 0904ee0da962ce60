"""Chapter "Other"."""

from functools import partial

from rtmcli.protocol.paths import get_path
from rtmcli.sandbox.domain.chats import summaries
from rtmcli.sandbox.domain.facts import MarkedAsSeen, MulticastSent, Thinking, Typing
from rtmcli.sandbox.interface import ActionResult, Later, Payload
from rtmcli.sandbox.request_context import RequestContext
from rtmcli.sandbox.v3_6.filters import parse_time
from rtmcli.sandbox.v3_6.presence import require_active_thread
from rtmcli.sandbox.variants import Variant


def mark_events_as_seen(context: RequestContext, payload: Payload) -> ActionResult:
    """Set up to when the requester has seen the events of a chat."""
    chat = context.chat(payload["chat_id"])
    seen_up_to = parse_time(payload["seen_up_to"])
    membership = chat.users.get(context.user_id)
    if membership:
        membership.seen_up_to = seen_up_to
    return ActionResult({}, [MarkedAsSeen(chat, chat.audience, context.user_id, seen_up_to)])


def send_thinking_indicator(context: RequestContext, payload: Payload) -> ActionResult:
    """Show the other agents that the requester works on a reply."""
    chat = context.chat(payload["chat_id"])
    thread = require_active_thread(chat)
    names = ("title", "description", "custom_id")
    texts = {name: payload[name] for name in names if name in payload}
    agent_id = context.agent.id
    fact = Thinking(chat, thread, chat.audience, context.user_id, agent_id, texts)
    return ActionResult({}, [fact])


def send_typing_indicator(context: RequestContext, payload: Payload) -> ActionResult:
    """Show the other agents that the requester types."""
    chat = context.chat(payload["chat_id"])
    thread = require_active_thread(chat)
    visibility, is_typing = payload.get("visibility", "all"), payload["is_typing"]
    author_id, sender_id = context.user_id, context.agent.id
    fact = Typing(chat, thread, chat.audience, author_id, visibility, is_typing, sender_id)
    return ActionResult({}, [fact])


def multicast(context: RequestContext, payload: Payload) -> ActionResult:
    """Send any JSON to agents."""
    state, recipients = context.state, payload["recipients"].get("agents", {})
    agent_ids = {state.agent(each).id for each in recipients.get("ids", ())}
    group_ids = {state.group(each) for each in recipients.get("groups", ())}
    addressed = frozenset(
        each.id
        for each in state.agents.values()
        if recipients.get("all") or each.id in agent_ids or not group_ids.isdisjoint(each.group_ids)
    )
    fact = MulticastSent(payload["content"], context.user_id, payload.get("type"), addressed)
    return ActionResult({}, [fact])


def normalize_multicast(payload: Payload) -> Payload:
    """Convert group IDs given as strings, the type in the reference (B4), to integers."""
    groups = get_path(payload, "recipients.agents.groups")
    if not isinstance(groups, list) or not any(isinstance(each, str) for each in groups):
        return payload
    recipients: Payload = payload["recipients"]
    agents: Payload = recipients["agents"]
    group_ids = [
        int(each) if isinstance(each, str) and each.isdecimal() else each for each in groups
    ]
    return {**payload, "recipients": {**recipients, "agents": {**agents, "groups": group_ids}}}


def list_agents_for_transfer(context: RequestContext, payload: Payload) -> ActionResult:
    """List the agents who can get a chat, those with the fewest active chats first."""
    state, chat = context.state, context.chat(payload["chat_id"])
    counts = {
        agent.id: sum(
            each.is_present(agent.id) and bool(each.customer_id)
            for each in state.active_chats.values()
        )
        for agent in state.agents.values()
        if agent.is_online
        and not agent.is_bot
        and agent.is_allowed_by(chat.access)
        and not chat.is_present(agent.id)
    }
    names = ["active_chats"]
    if Variant.TOTAL_ACTIVE_CHATS in state.variants:
        names.append("total_active_chats")  # C6: as in the text and in the Web API
    return ActionResult(
        [
            {"agent_id": agent_id, **dict.fromkeys(names, counts[agent_id])}
            for agent_id in sorted(counts, key=lambda each: counts[each])
        ]
    )


def request_thread_summary(context: RequestContext, payload: Payload) -> ActionResult:
    """Summarize a thread after a moment."""
    state, chat = context.state, context.chat(payload["chat_id"])
    thread = context.thread(chat, payload["thread_id"])
    summaries.check(thread)
    connection_id = context.caller.connection_id
    make = partial(summaries.make, state, chat, thread, context.user_id, connection_id)
    return ActionResult({}, later=[Later(summaries.DELAY, make)])
