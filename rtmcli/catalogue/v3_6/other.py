"""Chapter "Other" of the v3.6 reference."""

from rtmcli.catalogue.model import (
    Chapter,
    Constraint,
    Format,
    Method,
    Param,
    ParamType,
    Retry,
    Rule,
)
from rtmcli.catalogue.v3_6.scopes import CHATS_RO, CHATS_RW, CONDITIONS_RO, CONDITIONS_RW
from rtmcli.catalogue.v3_6.structures import VISIBILITIES

_CHAT_ID = Param("chat_id", ParamType.STRING, required=True, help="The id of the chat.")
_VISIBILITY = Param(
    "visibility",
    ParamType.STRING,
    choices=VISIBILITIES,
    default="all",
    help="Who can see the indicator.",
)

_MARK_EVENTS_AS_SEEN = Method(
    action="mark_events_as_seen",
    summary="Mark the events of a chat as seen by the agent.",
    scopes=CHATS_RO,
    scope_conditions=CONDITIONS_RO,
    push="events_marked_as_seen",
    push_keys={"chat_id": "chat_id", "seen_up_to": "seen_up_to"},
    retry=Retry.IDEMPOTENT,
    params=(
        _CHAT_ID,
        Param(
            "seen_up_to",
            ParamType.STRING,
            required=True,
            format=Format.DATE_TIME,
            help="The time up to which events are seen.",
        ),
    ),
    sandbox_overrides={"chat_id": "PJ0MRSHTDG"},
    example={"chat_id": "QCH4N1AB2C", "seen_up_to": "2026-05-04T09:31:00.000000Z"},
)

_SEND_THINKING_INDICATOR = Method(
    action="send_thinking_indicator",
    summary="Show that the agent is working on a reply.",
    scopes=CHATS_RW,
    scope_conditions=CONDITIONS_RW,
    push="incoming_thinking_indicator",
    push_keys={"chat_id": "chat_id", "custom_id": "custom_id"},
    retry=Retry.EPHEMERAL,
    params=(
        _CHAT_ID,
        Param("title", ParamType.STRING, help="The title of the indicator."),
        Param("description", ParamType.STRING, help="The text of the indicator."),
        _VISIBILITY,
        Param("custom_id", ParamType.STRING, help="An id of your choice, contained in the push."),
    ),
    sandbox_overrides={"chat_id": "PJ0MRSHTDG"},
    example={
        "chat_id": "QCH4N1AB2C",
        "title": "Thinking",
        "description": "Asking billing",
        "visibility": "agents",
        "custom_id": "t-1",
    },
    details="Whether the sender receives the push is not documented.",
)

_SEND_TYPING_INDICATOR = Method(
    action="send_typing_indicator",
    summary="Show that the agent is typing or has stopped.",
    scopes=CHATS_RW,
    scope_conditions=CONDITIONS_RW,
    # A8: the reference names no push; the sender receives none.
    other_pushes={"incoming_typing_indicator": "to the other members of the chat"},
    retry=Retry.EPHEMERAL,
    params=(
        _CHAT_ID,
        _VISIBILITY,
        Param("is_typing", ParamType.BOOLEAN, required=True, help="Whether the agent is typing."),
    ),
    sandbox_overrides={"chat_id": "PJ0MRSHTDG"},
    example={"chat_id": "QCH4N1AB2C", "visibility": "all", "is_typing": True},
)

_MULTICAST = Method(
    action="multicast",
    summary="Send JSON to agents outside chats.",
    scopes=("multicast:rw",),
    push="incoming_multicast",
    push_condition="the requester is among the recipients",
    push_keys={"content": "content", "type": "type"},
    retry=Retry.NEVER,
    params=(
        Param("recipients", ParamType.OBJECT, required=True, help="The recipients."),
        Param("recipients.agents", ParamType.OBJECT, help="The agents, {all, ids, groups}."),
        Param("recipients.agents.all", ParamType.BOOLEAN, help="Whether to send to all agents."),
        Param(
            "recipients.agents.ids",
            ParamType.STRINGS,
            help="The ids of agents (e-mail addresses).",
        ),
        # B4: documented as strings, but numbers in the sample; both are accepted.
        Param(
            "recipients.agents.groups",
            ParamType.IDS,
            help="The ids of groups whose agents to send to.",
        ),
        Param("content", ParamType.ANY, required=True, help="The content: any JSON value."),
        Param("type", ParamType.STRING, help="A name for this type of content."),
    ),
    rules=(
        Rule(
            Constraint.AT_LEAST_ONE,
            ("recipients.agents.all", "recipients.agents.ids", "recipients.agents.groups"),
            message="recipients requires agents.all, agents.ids or agents.groups",
        ),
    ),
    sandbox_overrides={
        "recipients.agents.ids": ["agent1@example.com"],
        "recipients.agents.groups": ["1"],
        "content": '{"a": 1}',
    },
    example={
        "recipients": {"agents": {"ids": ["smith@example.com"], "groups": [19]}},
        "content": {"deploy": "done"},
        "type": "ci",
    },
    details="Multicasts are not stored: only recipients that are connected receive them.",
)

_LIST_AGENTS_FOR_TRANSFER = Method(
    action="list_agents_for_transfer",
    summary="List the agents to whom a chat can be transferred.",
    retry=Retry.READ_ONLY,
    params=(_CHAT_ID,),
    sandbox_overrides={"chat_id": "PJ0MRSHTDG"},
    example={"chat_id": "QCH4N1AB2C"},
    response_type=ParamType.OBJECTS,
    # C6: the text and the Web API's sample call the second total_active_chats.
    response_fields=("agent_id", "active_chats?", "total_active_chats?"),
    columns=("agent_id", "active_chats", "total_active_chats"),
    # D17: the reference calls the statuses online and not accepting.
    details=(
        "Agents with the routing statuses accepting_chats and not_accepting_chats are listed, those"
        " with the fewest active chats first."
    ),
)

_REQUEST_THREAD_SUMMARY = Method(
    action="request_thread_summary",
    summary="Request a generated summary of a thread.",
    scopes=CHATS_RW,
    scope_conditions=CONDITIONS_RW,
    # D14: the reference's table names this push, its text the system event.
    push="thread_summary_set",
    push_keys={"chat_id": "chat_id", "thread_id": "thread_id"},
    other_pushes={
        "incoming_event": "with the summary as a system event if the thread is active",
        "incoming_error": "if the summary fails",
    },
    retry=Retry.NEVER,
    retry_note="For an active thread, a second call adds another summary.",
    params=(
        _CHAT_ID,
        Param("thread_id", ParamType.STRING, required=True, help="The id of the thread."),
    ),
    sandbox_overrides={"chat_id": "PJ0MRSHTDG", "thread_id": "K600PKZON8"},
    example={"chat_id": "QCH4N1AB2C", "thread_id": "QTH7K2LM9P"},
    details=(
        "The response is empty; the summary is pushed later. A closed thread can be summarized only"
        " once, an active one any number of times."
    ),
)

CHAPTER = Chapter(
    "other",
    (
        _MARK_EVENTS_AS_SEEN,
        _SEND_THINKING_INDICATOR,
        _SEND_TYPING_INDICATOR,
        _MULTICAST,
        _LIST_AGENTS_FOR_TRANSFER,
        _REQUEST_THREAD_SUMMARY,
    ),
)
