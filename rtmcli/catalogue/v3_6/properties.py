"""Chapter "Properties" of the v3.6 reference."""

from rtmcli.catalogue.model import Chapter, Method, Param, ParamType, Retry
from rtmcli.catalogue.v3_6.scopes import CHATS_RW, CONDITIONS_RW

# The methods on chats call the chat's id `id`, all others `chat_id`.
_ID = Param("id", ParamType.STRING, required=True, help="The id of the chat.")
_CHAT_ID = Param("chat_id", ParamType.STRING, required=True, help="The id of the chat.")
_THREAD_ID = Param("thread_id", ParamType.STRING, required=True, help="The id of the thread.")
_EVENT_ID = Param("event_id", ParamType.STRING, required=True, help="The id of the event.")
_PROPERTY_VALUES = Param(
    "properties",
    ParamType.PROPERTIES,
    required=True,
    help="The properties to set, {namespace: {name: value}}.",
)
# B16: a note asks for values, too; the sample has names only, like the other methods.
_PROPERTY_NAMES = Param(
    "properties",
    ParamType.PROPERTY_NAMES,
    required=True,
    help="The properties to delete, {namespace: [name, ...]}.",
)

_CHAT_EXAMPLE = {"id": "QCH4N1AB2C"}
_THREAD_EXAMPLE = {"chat_id": "QCH4N1AB2C", "thread_id": "QTH7K2LM9P"}
_EVENT_EXAMPLE = {**_THREAD_EXAMPLE, "event_id": "QTH7K2LM9P_4"}
_VALUES = {"test": {"string_property": "v", "int_property": 3}}
_NAMES = {"test": ["string_property"]}

_CHAT_KEYS = {"id": "chat_id"}
_THREAD_KEYS = {"chat_id": "chat_id", "thread_id": "thread_id"}
_EVENT_KEYS = {**_THREAD_KEYS, "event_id": "event_id"}

_UPDATE_NOTE = "A second call may overwrite a newer value."
_DELETE_NOTE = "A second call may fail although the first one succeeded."
_DETAILS = (
    "Other properties are unchanged. The properties must be defined and writable for agents; the"
    " push contains only what changed."
)

CHAPTER = Chapter(
    "properties",
    (
        Method(
            action="update_chat_properties",
            summary="Set properties of a chat.",
            scopes=CHATS_RW,
            scope_conditions=CONDITIONS_RW,
            push="chat_properties_updated",
            push_keys=_CHAT_KEYS,
            retry=Retry.IDEMPOTENT,
            retry_note=_UPDATE_NOTE,
            params=(_ID, _PROPERTY_VALUES),
            sandbox_overrides={"id": "PJ0MRSHTDG", "properties": '{"test": {"int_property": 3}}'},
            example={**_CHAT_EXAMPLE, "properties": _VALUES},
            details=_DETAILS,
        ),
        Method(
            action="delete_chat_properties",
            summary="Delete properties of a chat.",
            scopes=CHATS_RW,
            scope_conditions=CONDITIONS_RW,
            push="chat_properties_deleted",
            push_keys=_CHAT_KEYS,
            retry=Retry.IDEMPOTENT,
            retry_note=_DELETE_NOTE,
            params=(_ID, _PROPERTY_NAMES),
            sandbox_overrides={"id": "PJ0MRSHTDG", "properties": '{"test": ["int_property"]}'},
            example={**_CHAT_EXAMPLE, "properties": _NAMES},
            details=_DETAILS,
        ),
        Method(
            action="update_thread_properties",
            summary="Set properties of a thread.",
            scopes=CHATS_RW,
            scope_conditions=CONDITIONS_RW,
            push="thread_properties_updated",
            push_keys=_THREAD_KEYS,
            retry=Retry.IDEMPOTENT,
            retry_note=_UPDATE_NOTE,
            params=(_CHAT_ID, _THREAD_ID, _PROPERTY_VALUES),
            sandbox_overrides={
                "chat_id": "PJ0MRSHTDG",
                "thread_id": "K600PKZON8",
                "properties": '{"test": {"int_property": 3}}',
            },
            example={**_THREAD_EXAMPLE, "properties": _VALUES},
            details=_DETAILS,
        ),
        Method(
            action="delete_thread_properties",
            summary="Delete properties of a thread.",
            scopes=CHATS_RW,
            scope_conditions=CONDITIONS_RW,
            push="thread_properties_deleted",
            push_keys=_THREAD_KEYS,
            retry=Retry.IDEMPOTENT,
            retry_note=_DELETE_NOTE,
            params=(_CHAT_ID, _THREAD_ID, _PROPERTY_NAMES),
            sandbox_overrides={
                "chat_id": "PJ0MRSHTDG",
                "thread_id": "K600PKZON8",
                "properties": '{"test": ["int_property"]}',
            },
            example={**_THREAD_EXAMPLE, "properties": _NAMES},
            details=_DETAILS,
        ),
        Method(
            action="update_event_properties",
            summary="Set properties of an event.",
            scopes=CHATS_RW,
            scope_conditions=CONDITIONS_RW,
            push="event_properties_updated",
            push_keys=_EVENT_KEYS,
            retry=Retry.IDEMPOTENT,
            retry_note=_UPDATE_NOTE,
            params=(_CHAT_ID, _THREAD_ID, _EVENT_ID, _PROPERTY_VALUES),
            sandbox_overrides={
                "chat_id": "PJ0MRSHTDG",
                "thread_id": "K600PKZON8",
                "event_id": "2_EW2WQSA8",
                "properties": '{"test": {"int_property": 3}}',
            },
            example={**_EVENT_EXAMPLE, "properties": _VALUES},
            details=_DETAILS,
        ),
        Method(
            action="delete_event_properties",
            summary="Delete properties of an event.",
            scopes=CHATS_RW,
            scope_conditions=CONDITIONS_RW,
            push="event_properties_deleted",
            push_keys=_EVENT_KEYS,
            retry=Retry.IDEMPOTENT,
            retry_note=_DELETE_NOTE,
            params=(_CHAT_ID, _THREAD_ID, _EVENT_ID, _PROPERTY_NAMES),
            sandbox_overrides={
                "chat_id": "PJ0MRSHTDG",
                "thread_id": "K600PKZON8",
                "event_id": "2_EW2WQSA8",
                "properties": '{"test": ["int_property"]}',
            },
            example={**_EVENT_EXAMPLE, "properties": _NAMES},
            details=_DETAILS,
        ),
    ),
)
