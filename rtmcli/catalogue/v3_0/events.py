"""Chapter "events" of the v3.0 reference, and the fields of an event.

The reference calls the event an "Event object" without listing its fields; they come from the
descriptions of events. What a type of event needs is a rule: a client warns, the server refuses.
"""

from rtmcli.catalogue.model import (
    Chapter,
    Format,
    Kind,
    Law,
    Method,
    Param,
    Retry,
    Rule,
    Severity,
)
from rtmcli.catalogue.v3_0.scopes import CONVERSATION_RW


def _field(name: str, kind: Kind, about: str) -> Param:
    return Param(f"event.{name}", kind, documented=False, help=about)


def _needs(event_type: str, *names: str) -> tuple[Rule, ...]:
    return tuple(
        Rule(
            Law.ANY,
            (f"event.{name}",),
            says=f"an event of type {event_type} needs {name}",
            when=("event.type", event_type),
            severity=Severity.WARNING,
        )
        for name in names
    )


# B28: none of these has a row in the reference.
_EVENT = (
    Param(
        "event.type",
        Kind.STRING,
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
        unchecked=Severity.WARNING,
        help="What the event is.",
    ),
    Param(
        "event.text",
        Kind.STRING,
        format=Format.TEXT,
        alias="--text",
        implies=("event.type", "message"),
        documented=False,
        help="Text of a message, system message or annotation, up to 16 KB.",
    ),
    Param(
        "event.recipients",
        Kind.STRING,
        choices=("all", "agents"),
        default="all",
        documented=False,
        help="Who sees the event.",
    ),
    _field("custom_id", Kind.STRING, "Your own id; it does not prevent duplicates."),
    _field("properties", Kind.PROPERTIES, "The event's first properties."),
    _field("postback", Kind.OBJECT, "Message: the button that it answers."),
    _field("postback.id", Kind.STRING, "Message: the button's postback id."),
    _field("postback.thread_id", Kind.STRING, "Message: the thread with the button."),
    _field("postback.event_id", Kind.STRING, "Message: the rich message with the button."),
    _field("postback.type", Kind.STRING, "Message: the button's type."),
    _field("postback.value", Kind.STRING, "Message: the button's value."),
    _field("template_id", Kind.STRING, "Rich message: cards, quick_replies or sticker."),
    _field("elements", Kind.OBJECTS, "Rich message: 1 to 10 cards, each up to 11 buttons."),
    _field("form_id", Kind.STRING, "Filled form: the form."),
    _field("fields", Kind.OBJECTS, "Filled form: the fields, each with its answer."),
    _field("content", Kind.ANY, "Custom: any JSON."),
    _field("system_message_type", Kind.STRING, "System message: its type."),
    _field("text_vars", Kind.TEXTS, "System message: the variables of its text."),
    _field("annotation_type", Kind.STRING, "Annotation: its type."),
    _field("name", Kind.STRING, "File: its name."),
    _field("url", Kind.STRING, "File: where it lies."),
    _field("content_type", Kind.STRING, "File: its media type."),
    _field("size", Kind.INTEGER, "File: its size in bytes."),
    _field("width", Kind.INTEGER, "File: an image's width in pixels."),
    _field("height", Kind.INTEGER, "File: an image's height in pixels."),
    _field("thumbnail_url", Kind.STRING, "File: an image's thumbnail."),
    _field("thumbnail2x_url", Kind.STRING, "File: the thumbnail at double size."),
)

# B28: a client warns of what a type lacks.
_EVENT_RULES = (
    Rule(
        Law.ANY,
        ("event.type",),
        says="an event needs a type",
        severity=Severity.WARNING,
    ),
    *_needs("message", "text"),
    *_needs("rich_message", "template_id"),
    *_needs("file", "url"),
    *_needs("filled_form", "form_id", "fields"),
    *_needs("system_message", "text"),
    *_needs("annotation", "annotation_type"),
    # C6: the reference's own samples send system messages without it.
    Rule(
        Law.ANY,
        ("event.system_message_type",),
        says="a system message should have a system_message_type",
        when=("event.type", "system_message"),
        severity=Severity.NOTE,
    ),
    Rule(
        Law.ALL_OR_NONE,
        ("event.postback.id", "event.postback.thread_id", "event.postback.event_id"),
        says="event.postback needs id, thread_id and event_id",
        severity=Severity.WARNING,
    ),
    Rule(
        Law.ALL_OR_NONE,
        ("event.postback.type", "event.postback.value"),
        says="event.postback takes type and value together or neither",
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
            push_instead="incoming_chat_thread",  # where the event opens a new thread
            push_keys={
                "chat_id": "chat_id",
                "thread_id": "thread_id",
                "event.id": "event.id",
            },
            push_instead_keys={"chat_id": "chat.id", "thread_id": "chat.thread.id"},
            retry=Retry.NEVER,
            retry_note="custom_id is not said to prevent duplicates: use it to look for the event.",
            params=(
                Param("chat_id", Kind.STRING, required=True, help="The chat to send it to."),
                Param("event", Kind.OBJECT, required=True, help="The event."),
                *_EVENT,
                # B29: the reference reads as if an active thread were passed over.
                Param(
                    "attach_to_last_thread",
                    Kind.BOOL,
                    default="false",
                    help="With no active thread: use the last one, open no new one.",
                ),
                Param(
                    "require_active_thread",
                    Kind.BOOL,
                    default="false",
                    help="With no active thread: refuse the event.",
                ),
            ),
            rules=(
                *_EVENT_RULES,
                # B30: the documents do not say what both together mean.
                Rule(
                    Law.NOT_ALL_TRUE,
                    ("attach_to_last_thread", "require_active_thread"),
                    says="attach_to_last_thread has no effect beside require_active_thread",
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
            answer=("thread_id", "event"),
            details=(
                "An active thread always receives the event. Where none is active, the event opens"
                " a new thread (told as incoming_chat_thread), unless attach_to_last_thread or"
                " require_active_thread is true. Text is limited to 16 KB of UTF-8."
            ),
        ),
    ),
)
