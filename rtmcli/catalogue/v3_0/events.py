"""Chapter "events" of the v3.0 reference, and the fields of an event.

The reference calls the event an "Event object" without listing its fields; they come from the
descriptions of events. What a type of event needs is a rule: a client warns, the server refuses.
"""

from rtmcli.catalogue.model import (
    Chapter,
    Constraint,
    Format,
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
            message=f"an event of type {event_type} needs {name}",
            when=("event.type", event_type),
            severity=Severity.WARNING,
        )
        for name in names
    )


# B28: none of these has a row in the reference.
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
        help="What the event is.",
    ),
    Param(
        "event.text",
        ParamType.STRING,
        format=Format.TEXT,
        alias="--text",
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
        help="Who sees the event.",
    ),
    _event_param("custom_id", ParamType.STRING, "Your own id; it does not prevent duplicates."),
    _event_param("properties", ParamType.PROPERTIES, "The event's first properties."),
    _event_param("postback", ParamType.OBJECT, "Message: the button that it answers."),
    _event_param("postback.id", ParamType.STRING, "Message: the button's postback id."),
    _event_param("postback.thread_id", ParamType.STRING, "Message: the thread with the button."),
    _event_param(
        "postback.event_id", ParamType.STRING, "Message: the rich message with the button."
    ),
    _event_param("postback.type", ParamType.STRING, "Message: the button's type."),
    _event_param("postback.value", ParamType.STRING, "Message: the button's value."),
    _event_param("template_id", ParamType.STRING, "Rich message: cards, quick_replies or sticker."),
    _event_param(
        "elements", ParamType.OBJECTS, "Rich message: 1 to 10 cards, each up to 11 buttons."
    ),
    _event_param("form_id", ParamType.STRING, "Filled form: the form."),
    _event_param("fields", ParamType.OBJECTS, "Filled form: the fields, each with its answer."),
    _event_param("content", ParamType.ANY, "Custom: any JSON."),
    _event_param("system_message_type", ParamType.STRING, "System message: its type."),
    _event_param("text_vars", ParamType.STRING_MAP, "System message: the variables of its text."),
    _event_param("annotation_type", ParamType.STRING, "Annotation: its type."),
    _event_param("name", ParamType.STRING, "File: its name."),
    _event_param("url", ParamType.STRING, "File: where it lies."),
    _event_param("content_type", ParamType.STRING, "File: its media type."),
    _event_param("size", ParamType.INTEGER, "File: its size in bytes."),
    _event_param("width", ParamType.INTEGER, "File: an image's width in pixels."),
    _event_param("height", ParamType.INTEGER, "File: an image's height in pixels."),
    _event_param("thumbnail_url", ParamType.STRING, "File: an image's thumbnail."),
    _event_param("thumbnail2x_url", ParamType.STRING, "File: the thumbnail at double size."),
)

# B28: a client warns of what a type lacks.
_EVENT_RULES = (
    Rule(
        Constraint.AT_LEAST_ONE,
        ("event.type",),
        message="an event needs a type",
        severity=Severity.WARNING,
    ),
    *_required_fields("message", "text"),
    *_required_fields("rich_message", "template_id"),
    *_required_fields("file", "url"),
    *_required_fields("filled_form", "form_id", "fields"),
    *_required_fields("system_message", "text"),
    *_required_fields("annotation", "annotation_type"),
    # C6: the reference's own samples send system messages without it.
    Rule(
        Constraint.AT_LEAST_ONE,
        ("event.system_message_type",),
        message="a system message should have a system_message_type",
        when=("event.type", "system_message"),
        severity=Severity.NOTE,
    ),
    Rule(
        Constraint.ALL_OR_NONE,
        ("event.postback.id", "event.postback.thread_id", "event.postback.event_id"),
        message="event.postback needs id, thread_id and event_id",
        severity=Severity.WARNING,
    ),
    Rule(
        Constraint.ALL_OR_NONE,
        ("event.postback.type", "event.postback.value"),
        message="event.postback takes type and value together or neither",
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
            alternative_push="incoming_chat_thread",  # where the event opens a new thread
            push_keys={
                "chat_id": "chat_id",
                "thread_id": "thread_id",
                "event.id": "event.id",
            },
            alternative_push_keys={"chat_id": "chat.id", "thread_id": "chat.thread.id"},
            retry=Retry.NEVER,
            retry_note="custom_id is not said to prevent duplicates: use it to look for the event.",
            params=(
                Param("chat_id", ParamType.STRING, required=True, help="The chat to send it to."),
                Param("event", ParamType.OBJECT, required=True, help="The event."),
                *_EVENT_PARAMS,
                # B29: the reference reads as if an active thread were passed over.
                Param(
                    "attach_to_last_thread",
                    ParamType.BOOLEAN,
                    default="false",
                    help="With no active thread: use the last one, open no new one.",
                ),
                Param(
                    "require_active_thread",
                    ParamType.BOOLEAN,
                    default="false",
                    help="With no active thread: refuse the event.",
                ),
            ),
            rules=(
                *_EVENT_RULES,
                # B30: the documents do not say what both together mean.
                Rule(
                    Constraint.NOT_ALL_TRUE,
                    ("attach_to_last_thread", "require_active_thread"),
                    message="attach_to_last_thread has no effect beside require_active_thread",
                    severity=Severity.NOTE,
                ),
            ),
            # C3: the sample has a comma too many.
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
                "An active thread always receives the event. Where none is active, the event opens"
                " a new thread (told as incoming_chat_thread), unless attach_to_last_thread or"
                " require_active_thread is true. Text is limited to 16 KB of UTF-8."
            ),
        ),
    ),
)
