"""Chapter "Events" of the v3.6 reference."""

from rtmcli.catalogue.model import Chapter, Method, Param, ParamType, Retry
from rtmcli.catalogue.v3_6.scopes import CHATS_RW, CONDITIONS_RW
from rtmcli.catalogue.v3_6.structures import (
    EVENT_FIELDS,
    EVENT_RULES,
    MAX_TEXT_BYTES,
    TEXT,
    prefixed,
)

_CHAT_ID = Param("chat_id", ParamType.STRING, required=True, help="The id of the chat.")


def _with_alias(param: Param) -> Param:
    """Give the text of an event its short flags."""
    if param.path != f"event.{TEXT.path}":
        return param
    return param._replace(
        alias="--text", file_flag="--text-file", implies=("event.type", "message")
    )


CHAPTER = Chapter(
    "events",
    (
        Method(
            action="send_event_preview",  # E5: the SDK's changelog has another name.
            summary="Show a message to the customer without storing it.",
            scopes=CHATS_RW,
            scope_conditions=CONDITIONS_RW,
            requires_presence=True,
            # A8: customers receive a push of the Customer Chat API, agents none.
            retry=Retry.EPHEMERAL,
            params=(
                _CHAT_ID,
                Param("event", ParamType.OBJECT, required=True, help="The message."),
                Param(
                    "event.type",
                    ParamType.STRING,
                    required=True,
                    choices=("message",),
                    help="The type of the event.",
                ),
                _with_alias(
                    Param(
                        "event.text",
                        ParamType.STRING,
                        required=True,
                        max_bytes=MAX_TEXT_BYTES,
                        help="Text of the message, up to 16 KB.",
                    )
                ),
                Param(
                    "event.custom_id",
                    ParamType.STRING,
                    help="An id that the final event may repeat.",
                ),
                Param(
                    "event.visibility",
                    ParamType.STRING,
                    choices=("all",),
                    default="all",
                    help="Who can see the event.",
                ),
            ),
            # C1: the sample's action is send_event.
            sandbox_overrides={"chat_id": "PJ0MRSHTDG", "event.text": "Wait"},
            example={
                "chat_id": "QCH4N1AB2C",
                "event": {"type": "message", "text": "Looking into it", "custom_id": "p-1"},
            },
            details="The requester must be a member of the chat.",
        ),
        Method(
            action="send_event",
            summary="Send a message or another event to a chat.",
            scopes=CHATS_RW,
            scope_conditions=CONDITIONS_RW,
            requires_presence=True,
            push="incoming_event",
            push_keys={"chat_id": "chat_id", "event_id": "event.id"},
            retry=Retry.NEVER,
            retry_note="custom_id does not prevent duplicates, but helps to find them.",
            params=(
                _CHAT_ID,
                Param("event", ParamType.OBJECT, required=True, help="The event."),
                *map(_with_alias, prefixed("event", EVENT_FIELDS)),
            ),
            # D10, E3: attach_to_last_thread is gone although the vendor's SDK sends it.
            rules=EVENT_RULES,
            sandbox_overrides={"chat_id": "PJ0MRSHTDG"},
            example={
                "chat_id": "QCH4N1AB2C",
                "event": {
                    "type": "message",
                    "text": "hello",
                    "visibility": "all",
                    "custom_id": "c-17",
                },
            },
            response_fields=("event_id",),  # C3: opaque; the sample's looks like a thread's id.
            details=(
                "The chat must be active and the requester a member of it. A member with the"
                " visibility agents cannot send events with the visibility all. Text is limited to"
                " 16 KB of UTF-8."
            ),
        ),
        Method(
            action="send_rich_message_postback",
            summary="Press or release a button of a rich message.",
            scopes=CHATS_RW,
            scope_conditions=CONDITIONS_RW,
            push="incoming_rich_message_postback",
            push_condition="the thread is active",
            push_keys={
                "chat_id": "chat_id",
                "thread_id": "thread_id",
                "event_id": "event_id",
                "postback.id": "postback.id",
            },
            other_pushes={"event_updated": "if the server updates the button's users"},
            retry=Retry.NEVER,
            retry_note="A second call reports a second press.",
            params=(
                _CHAT_ID,
                Param("event_id", ParamType.STRING, required=True, help="The rich message's id."),
                Param("postback", ParamType.OBJECT, required=True, help="The button."),
                # C4: the sample's id contains replaced text; it may be any string.
                Param(
                    "postback.id", ParamType.STRING, required=True, help="The button's postback id."
                ),
                Param(
                    "postback.toggled",
                    ParamType.BOOLEAN,
                    required=True,
                    help="Whether the button is pressed or released.",
                ),
                # B7: four types are documented, but a push's sample has a fifth.
                Param("postback.button_type", ParamType.STRING, help="The type of the button."),
                Param("postback.button_value", ParamType.STRING, help="The value of the button."),
                Param("postback.ecommerce", ParamType.OBJECT, help="The selected product."),
                # B3: listed as optional, but required with ecommerce.
                Param(
                    "postback.ecommerce.product_id",
                    ParamType.STRING,
                    required=True,
                    help="The id of the product.",
                ),
                Param(
                    "postback.ecommerce.option_id",
                    ParamType.STRING,
                    help="The id of the product's option.",
                ),
                Param(
                    "postback.ecommerce.quantity",
                    ParamType.NUMBER,
                    help="The number of products.",
                ),
                Param("thread_id", ParamType.STRING, required=True, help="The id of the thread."),
            ),
            sandbox_overrides={
                "chat_id": "PJ0MRSHTDG",
                "event_id": "a0c22fdd-fb71-40b5-bfc6-a8a0bc3117f7",
                "postback.id": "action_yes",
                "thread_id": "K600PKZON8",
            },
            example={
                "chat_id": "QCH4N1AB2C",
                "thread_id": "QTH7K2LM9P",
                "event_id": "QTH7K2LM9P_4",
                "postback": {
                    "id": "buy",
                    "toggled": True,
                    "button_type": "message",
                    "button_value": "Buy",
                    "ecommerce": {"product_id": "p-100", "quantity": 2},
                },
            },
        ),
    ),
)
