"""Chapter "events" of the v3.0 reference, and the fields of an event.

The reference calls it an "Event object" without listing its fields; they are taken from the
descriptions of event types. If a type's required field is missing, the client warns but sends.
"""

from rtmcli.catalogue.model import (
    Chapter,
    Constraint,
    Method,
    Param,
    ParamType,
    Retry,
    Rule,
    Severity,
)
from rtmcli.catalogue.v3_0.scopes import CONVERSATION_RW


def _event_param(name: str, param_type: ParamType, help_: str) -> Param:
    return Param(f"event.{name}", param_type, documented=False, help=help_)


def _required_fields(event_type: str, *names: str) -> tuple[Rule, ...]:
    return tuple(
        Rule(
            Constraint.AT_LEAST_ONE,
            (f"event.{name}",),
            message=f"an event of type {event_type} requires {name}",
            when={"event.type": event_type},
            severity=Severity.WARNING,
        )
        for name in names
    )


# B28: none of these is in the reference's table.
_EVENT_PARAMS = (
    Param(
        "event.type",
        ParamType.STRING,
        choices=(
            "message",
            "rich_message",
            "file",
            "filled_form",
            "custom",
            "system_message",
            "annotation",
        ),
        documented=False,
        severity=Severity.WARNING,
        help="The type of the event.",
    ),
    Param(
        "event.text",
        ParamType.STRING,
        max_bytes=16 * 1024,
        alias="--text",
        file_flag="--text-file",
        implies=("event.type", "message"),
        documented=False,
        help="Text of a message, system message or annotation, up to 16 KB.",
    ),
    Param(
        "event.recipients",
        ParamType.STRING,
        choices=("all", "agents"),
        default="all",
        documented=False,
        help="Who can see the event.",
    ),
    _event_param(
        "custom_id", ParamType.STRING, "An id of your choice; it does not prevent duplicates."
    ),
    _event_param("properties", ParamType.PROPERTIES, "Initial properties of the event."),
    _event_param("postback", ParamType.OBJECT, "Message: the button that it replies to."),
    _event_param("postback.id", ParamType.STRING, "Message: the button's postback id."),
    _event_param("postback.thread_id", ParamType.STRING, "Message: the id of the button's thread."),
    _event_param("postback.event_id", ParamType.STRING, "Message: the id of the button's event."),
    _event_param("postback.type", ParamType.STRING, "Message: the button's type."),
    _event_param("postback.value", ParamType.STRING, "Message: the button's value."),
    _event_param("template_id", ParamType.STRING, "Rich message: cards, quick_replies or sticker."),
    _event_param(
        "elements", ParamType.OBJECTS, "Rich message: 1 to 10 cards, each up to 11 buttons."
    ),
    _event_param("form_id", ParamType.STRING, "Filled form: the id of the form."),
    _event_param("fields", ParamType.OBJECTS, "Filled form: the fields with their answers."),
    _event_param("content", ParamType.ANY, "Custom: any JSON value."),
    _event_param("system_message_type", ParamType.STRING, "System message: its type."),
    _event_param("text_vars", ParamType.STRING_MAP, "System message: variables of the text."),
    _event_param("annotation_type", ParamType.STRING, "Annotation: its type."),
    _event_param("name", ParamType.STRING, "File: its name."),
    _event_param("url", ParamType.STRING, "File: its URL."),
    _event_param("content_type", ParamType.STRING, "File: its media type."),
    _event_param("size", ParamType.INTEGER, "File: its size in bytes."),
    _event_param("width", ParamType.INTEGER, "File: the image's width in pixels."),
    _event_param("height", ParamType.INTEGER, "File: the image's height in pixels."),
    _event_param("thumbnail_url", ParamType.STRING, "File: the URL of the image's thumbnail."),
    _event_param(
        "thumbnail2x_url", ParamType.STRING, "File: the URL of the double-size thumbnail."
    ),
)

# B28: the required fields of each type are described in another document.
_EVENT_RULES = (
    Rule(
        Constraint.AT_LEAST_ONE,
        ("event.type",),
        message="an event requires a type",
        severity=Severity.WARNING,
    ),
    *_required_fields("message", "text"),
    *_required_fields("rich_message", "template_id"),
    *_required_fields("file", "url"),
    *_required_fields("filled_form", "form_id", "fields"),
    *_required_fields("system_message", "text"),
    *_required_fields("annotation", "annotation_type"),
    # C6: the reference's samples send system messages without it.
    Rule(
        Constraint.AT_LEAST_ONE,
        ("event.system_message_type",),
        message="a system message should have a system_message_type",
        when={"event.type": "system_message"},
        severity=Severity.NOTE,
    ),
    Rule(
        Constraint.ALL_OR_NONE,
        ("event.postback.id", "event.postback.thread_id", "event.postback.event_id"),
        message="event.postback requires id, thread_id and event_id",
        severity=Severity.WARNING,
    ),
    Rule(
        Constraint.ALL_OR_NONE,
        ("event.postback.type", "event.postback.value"),
        message="event.postback requires both type and value, or neither",
        severity=Severity.WARNING,
    ),
)

CHAPTER = Chapter(
    "events",
    (
        Method(
            action="send_event",
            summary="Send a message or another event to a chat.",
            scopes=CONVERSATION_RW,
            push="incoming_event",
            alternative_push="incoming_chat_thread",  # if the event starts a new thread
            push_keys={
                "chat_id": "chat_id",
                "thread_id": "thread_id",
                "event.id": "event.id",
            },
            alternative_push_keys={"chat_id": "chat.id", "thread_id": "chat.thread.id"},
            retry=Retry.NEVER,
            retry_note="custom_id does not prevent duplicates, but helps to find them.",
            params=(
                Param("chat_id", ParamType.STRING, required=True, help="The id of the chat."),
                Param("event", ParamType.OBJECT, required=True, help="The event."),
                *_EVENT_PARAMS,
                # B29: as the reference words it, an active thread would be ignored.
                Param(
                    "attach_to_last_thread",
                    ParamType.BOOLEAN,
                    default="false",
                    help="Without an active thread, add the event to the last thread.",
                ),
                Param(
                    "require_active_thread",
                    ParamType.BOOLEAN,
                    default="false",
                    help="Without an active thread, reject the event.",
                ),
            ),
            rules=(
                *_EVENT_RULES,
                # B30: the combination is not documented.
                Rule(
                    Constraint.NOT_ALL_TRUE,
                    ("attach_to_last_thread", "require_active_thread"),
                    message="attach_to_last_thread has no effect with require_active_thread",
                    severity=Severity.NOTE,
                ),
            ),
            # C3: the sample has a trailing comma.
            example={
                "chat_id": "PJ0MRSHTDG",
                "attach_to_last_thread": False,
                "event": {
                    "type": "message",
                    "text": "hello world",
                    "recipients": "agents",
                    "custom_id": "31-0C-1C-07-DB-16",
                },
            },
            response_fields=("thread_id", "event"),
            details=(
                "The event is added to the active thread. If the chat has none, the event starts a"
                " new thread (pushed as incoming_chat_thread), unless attach_to_last_thread or"
                " require_active_thread is true. Text is limited to 16 KB of UTF-8."
            ),
        ),
    ),
)
