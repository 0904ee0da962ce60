"""Chapter "properties (chat/thread/event)" of the v3.0 reference."""

from rtmcli.catalogue.model import Chapter, Kind, Method, Param, Retry
from rtmcli.catalogue.v3_0.scopes import CONVERSATION_RW

_CHAT_ID = Param("chat_id", Kind.STRING, required=True, help="The chat.")
_THREAD_ID = Param("thread_id", Kind.STRING, required=True, help="The thread.")
_EVENT_ID = Param("event_id", Kind.STRING, required=True, help="The event.")
_NAMES = Param(
    "properties",
    Kind.PROPERTY_NAMES,
    required=True,
    help="What to delete, {namespace: [name, ...]}.",
)
_VALUES = Param(
    "properties",
    Kind.PROPERTIES,
    required=True,
    help="What to set, {namespace: {name: value}}.",
)

_CHAT = {"chat_id": "PJ0MRSHTDG"}
_THREAD = {**_CHAT, "thread_id": "K600PKZON8"}
_EVENT = {**_THREAD, "event_id": "2_EW2WQSA8"}
# C2: the samples hold literal dots.
_RATING_NAMES = {"rating": ["score", "comment"]}
_GOOD = {"rating": {"score": 2, "comment": "Very good, veeeery good"}}
_BAD = {"rating": {"score": 1, "comment": "Very good, veeeery good"}}

_CHAT_KEYS = {"chat_id": "chat_id"}
_THREAD_KEYS = {**_CHAT_KEYS, "thread_id": "thread_id"}
_EVENT_KEYS = {**_THREAD_KEYS, "event_id": "event_id"}

_SCOPES_NOTE = "Another v3.0 text asks for chats--all:rw, chats--access:rw or chats--my:rw."  # B14
_WRAPPED = "The push wraps each value: {namespace: {name: {value: ...}}}."

CHAPTER = Chapter(
    "properties (chat/thread/event)",
    (
        Method(
            action="delete_chat_properties",
            summary="Delete properties of a chat.",
            scopes=CONVERSATION_RW,
            scopes_note=_SCOPES_NOTE,
            push="chat_properties_deleted",
            push_keys=_CHAT_KEYS,
            retry=Retry.IDEMPOTENT,
            params=(_CHAT_ID, _NAMES),
            example={**_CHAT, "properties": _RATING_NAMES},
        ),
        Method(
            action="delete_chat_thread_properties",
            summary="Delete properties of a thread.",
            scopes=CONVERSATION_RW,
            scopes_note=_SCOPES_NOTE,
            push="chat_thread_properties_deleted",
            push_keys=_THREAD_KEYS,
            retry=Retry.IDEMPOTENT,
            params=(_CHAT_ID, _THREAD_ID, _NAMES),
            example={**_THREAD, "properties": _RATING_NAMES},
        ),
        Method(
            action="delete_event_properties",
            summary="Delete properties of an event.",
            scopes=CONVERSATION_RW,
            scopes_note=_SCOPES_NOTE,
            push="event_properties_deleted",
            push_keys=_EVENT_KEYS,
            retry=Retry.IDEMPOTENT,
            params=(_CHAT_ID, _THREAD_ID, _EVENT_ID, _NAMES),
            example={**_EVENT, "properties": _RATING_NAMES},
        ),
        Method(
            action="update_chat_properties",
            summary="Set properties of a chat.",
            scopes=CONVERSATION_RW,
            scopes_note=_SCOPES_NOTE,
            push="chat_properties_updated",
            push_keys=_CHAT_KEYS,
            retry=Retry.IDEMPOTENT,
            params=(_CHAT_ID, _VALUES),
            example={**_CHAT, "properties": _GOOD},
            details=_WRAPPED,
        ),
        Method(
            action="update_chat_thread_properties",
            summary="Set properties of a thread.",
            scopes=CONVERSATION_RW,
            scopes_note=_SCOPES_NOTE,
            push="chat_thread_properties_updated",
            push_keys=_THREAD_KEYS,
            retry=Retry.IDEMPOTENT,
            params=(_CHAT_ID, _THREAD_ID, _VALUES),
            example={**_THREAD, "properties": _GOOD},
            details=_WRAPPED,
        ),
        Method(
            action="update_event_properties",
            summary="Set properties of an event.",
            scopes=CONVERSATION_RW,
            scopes_note=_SCOPES_NOTE,
            push="event_properties_updated",
            push_keys=_EVENT_KEYS,
            retry=Retry.IDEMPOTENT,
            params=(_CHAT_ID, _THREAD_ID, _EVENT_ID, _VALUES),
            example={**_EVENT, "properties": _BAD},
            details=_WRAPPED,
        ),
    ),
)
