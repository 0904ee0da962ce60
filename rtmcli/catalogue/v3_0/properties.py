"""Chapter "properties (chat/thread/event)" of the v3.0 reference."""

from rtmcli.catalogue.model import Chapter, Method, Param, ParamType, Retry
from rtmcli.catalogue.v3_0.scopes import CONVERSATION_RW

_CHAT_ID = Param("chat_id", ParamType.STRING, required=True, help="The id of the chat.")
_THREAD_ID = Param("thread_id", ParamType.STRING, required=True, help="The id of the thread.")
_EVENT_ID = Param("event_id", ParamType.STRING, required=True, help="The id of the event.")
_PROPERTY_NAMES = Param(
    "properties",
    ParamType.PROPERTY_NAMES,
    required=True,
    help="The properties to delete, {namespace: [name, ...]}.",
)
_PROPERTY_VALUES = Param(
    "properties",
    ParamType.PROPERTIES,
    required=True,
    help="The properties to set, {namespace: {name: value}}.",
)

_CHAT_EXAMPLE = {"chat_id": "PJ0MRSHTDG"}
_THREAD_EXAMPLE = {**_CHAT_EXAMPLE, "thread_id": "K600PKZON8"}
_EVENT_EXAMPLE = {**_THREAD_EXAMPLE, "event_id": "2_EW2WQSA8"}
# C2: the samples contain literal `...`.
_RATING_NAMES = {"rating": ["score", "comment"]}
_GOOD_RATING = {"rating": {"score": 2, "comment": "Very good, veeeery good"}}
_BAD_RATING = {"rating": {"score": 1, "comment": "Very good, veeeery good"}}

_CHAT_KEYS = {"chat_id": "chat_id"}
_THREAD_KEYS = {**_CHAT_KEYS, "thread_id": "thread_id"}
_EVENT_KEYS = {**_THREAD_KEYS, "event_id": "event_id"}

# B14: the documents contradict each other.
_SCOPES_NOTE = "Another v3.0 document lists chats--all:rw, chats--access:rw and chats--my:rw."
_WRAPPED_VALUES_DETAILS = "The push wraps each value: {namespace: {name: {value: ...}}}."

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
            params=(_CHAT_ID, _PROPERTY_NAMES),
            example={**_CHAT_EXAMPLE, "properties": _RATING_NAMES},
        ),
        Method(
            action="delete_chat_thread_properties",
            summary="Delete properties of a thread.",
            scopes=CONVERSATION_RW,
            scopes_note=_SCOPES_NOTE,
            push="chat_thread_properties_deleted",
            push_keys=_THREAD_KEYS,
            retry=Retry.IDEMPOTENT,
            params=(_CHAT_ID, _THREAD_ID, _PROPERTY_NAMES),
            example={**_THREAD_EXAMPLE, "properties": _RATING_NAMES},
        ),
        Method(
            action="delete_event_properties",
            summary="Delete properties of an event.",
            scopes=CONVERSATION_RW,
            scopes_note=_SCOPES_NOTE,
            push="event_properties_deleted",
            push_keys=_EVENT_KEYS,
            retry=Retry.IDEMPOTENT,
            params=(_CHAT_ID, _THREAD_ID, _EVENT_ID, _PROPERTY_NAMES),
            example={**_EVENT_EXAMPLE, "properties": _RATING_NAMES},
        ),
        Method(
            action="update_chat_properties",
            summary="Set properties of a chat.",
            scopes=CONVERSATION_RW,
            scopes_note=_SCOPES_NOTE,
            push="chat_properties_updated",
            push_keys=_CHAT_KEYS,
            retry=Retry.IDEMPOTENT,
            params=(_CHAT_ID, _PROPERTY_VALUES),
            example={**_CHAT_EXAMPLE, "properties": _GOOD_RATING},
            details=_WRAPPED_VALUES_DETAILS,
        ),
        Method(
            action="update_chat_thread_properties",
            summary="Set properties of a thread.",
            scopes=CONVERSATION_RW,
            scopes_note=_SCOPES_NOTE,
            push="chat_thread_properties_updated",
            push_keys=_THREAD_KEYS,
            retry=Retry.IDEMPOTENT,
            params=(_CHAT_ID, _THREAD_ID, _PROPERTY_VALUES),
            example={**_THREAD_EXAMPLE, "properties": _GOOD_RATING},
            details=_WRAPPED_VALUES_DETAILS,
        ),
        Method(
            action="update_event_properties",
            summary="Set properties of an event.",
            scopes=CONVERSATION_RW,
            scopes_note=_SCOPES_NOTE,
            push="event_properties_updated",
            push_keys=_EVENT_KEYS,
            retry=Retry.IDEMPOTENT,
            params=(_CHAT_ID, _THREAD_ID, _EVENT_ID, _PROPERTY_VALUES),
            example={**_EVENT_EXAMPLE, "properties": _BAD_RATING},
            details=_WRAPPED_VALUES_DETAILS,
        ),
    ),
)
