"""Transfer chats to agents and groups."""

from typing import Any, NamedTuple

from rtmcli.sandbox.domain.chats import queues, routing, threads
from rtmcli.sandbox.domain.errors import Refusal, refuse, reject
from rtmcli.sandbox.domain.facts import ChatTransferred, Fact
from rtmcli.sandbox.domain.model import Access, Agent, Chat
from rtmcli.sandbox.domain.state import State


class _Target(NamedTuple):
    """The target of a transfer, and the agents of it who may take the chat."""

    type: str
    ids: tuple[Any, ...]
    names: tuple[str, ...]
    access: Access  # of the chat, after the transfer
    candidates: list[Agent]


def transfer(
    state: State,
    chat: Chat,
    target: dict[str, Any] | None,
    requester: Agent,
    *,
    force: bool,
) -> list[Fact]:
    """Transfer an active chat to a target, `{type, ids}`; by default, to the chat's own groups.

    Without `force` the target needs an agent who can take the chat; with it the chat is queued if
    there is none.
    """
    thread = chat.active_thread
    if not thread:
        refuse(Refusal.INACTIVE, f"chat {chat.id} has no active thread to transfer")
    type_, ids, names, access, candidates = _resolve_target(state, chat, target)
    assignee = routing.pick_agent(state, candidates, chat, force=force and type_ == "agent")
    if not assignee and not force:
        listed = ", ".join(map(str, ids))
        refuse(Refusal.OFFLINE, f"no agent of {type_} {listed} can take the chat")
    previous_audience = chat.audience
    leaving = [each for each in chat.present_agents() if not assignee or each != assignee.id]
    assigned_id = assignee.id if assignee and not chat.is_present(assignee.id) else ""
    chat.access = thread.access = access
    chat.invalidate_audience()
    transferred = ChatTransferred(
        chat,
        thread,
        chat.audience,
        previous_audience,
        target_type=type_,
        ids=ids,
        reason="manual",
        gaining_agent_id=assigned_id,
        losing_agent_ids=tuple(leaving),
        requester_id=requester.id,
    )
    facts = [transferred, *_replace_agents(state, chat, leaving, assignee, requester)]
    return facts + threads.add_system_message(
        state, chat, "chat_transferred", initiator=requester.name, targets=", ".join(names)
    )


def _resolve_target(state: State, chat: Chat, target: dict[str, Any] | None) -> _Target:
    """Return the target of a transfer; refuse one that does not exist or has no access."""
    target = target or {"type": "group", "ids": chat.access.group_ids}
    target_type, ids = target["type"], target["ids"]
    if not ids:
        reject("target.ids must not be empty")
    if target_type == "group":
        access = Access(tuple(dict.fromkeys(state.group(each) for each in ids)))
        candidates = _group_candidates(state, chat, access)
        names = [state.group_names[each] for each in ids]
    else:
        access, candidates = chat.access, _agent_candidates(state, chat, ids)
        names = [state.agents[each].name for each in ids]
    return _Target(target_type, tuple(ids), tuple(names), access, candidates)


def _replace_agents(
    state: State, chat: Chat, leaving: list[str], assignee: Agent | None, requester: Agent
) -> list[Fact]:
    """Remove agents and add another one, unless there is none: then the chat is queued."""
    facts = [threads.remove_user(chat, each, requester_id=requester.id) for each in leaving]
    if assignee is None:
        facts += queues.leave(state, chat)
        queues.join(state, chat)
    elif not chat.is_present(assignee.id):
        facts += threads.add_user(state, chat, assignee.id, "agent", requester_id=requester.id)
    return facts


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
            refuse(
                Refusal.TARGET_OUT_OF_REACH,
                f"agent {agent.id} has no access to chat {chat.id}",
            )
    return agents
