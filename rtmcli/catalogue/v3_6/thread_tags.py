"""Chapter "Thread tags" of the v3.6 reference."""

from rtmcli.catalogue.model import Chapter, Method, Param, ParamType, Retry
from rtmcli.catalogue.v3_6.scopes import CHATS_RW, CONDITIONS_RW

_PARAMS = (
    Param("chat_id", ParamType.STRING, required=True, help="The id of the chat."),
    Param("thread_id", ParamType.STRING, required=True, help="The id of the thread."),
    Param("tag", ParamType.STRING, required=True, help="The name of the tag; case-sensitive."),
)
_KEYS = {"chat_id": "chat_id", "thread_id": "thread_id", "tag": "tag"}
_EXAMPLE = {"chat_id": "QCH4N1AB2C", "thread_id": "QTH7K2LM9P", "tag": "support"}
_SANDBOX_OVERRIDES = {"chat_id": "PJ0MRSHTDG", "thread_id": "K600PKZON8"}
_RETRY_NOTE = "A second call may fail although the first one succeeded."

CHAPTER = Chapter(
    "thread tags",
    (
        Method(
            action="tag_thread",
            summary="Add a tag to a thread.",
            scopes=CHATS_RW,
            scope_conditions=CONDITIONS_RW,
            push="thread_tagged",
            push_keys=_KEYS,
            retry=Retry.IDEMPOTENT,
            retry_note=_RETRY_NOTE,
            params=_PARAMS,
            example=_EXAMPLE,
            sandbox_overrides=_SANDBOX_OVERRIDES,
        ),
        Method(
            action="untag_thread",
            summary="Remove a tag from a thread.",
            scopes=CHATS_RW,
            scope_conditions=CONDITIONS_RW,
            push="thread_untagged",
            push_keys=_KEYS,
            retry=Retry.IDEMPOTENT,
            retry_note=_RETRY_NOTE,
            params=_PARAMS,
            example=_EXAMPLE,
            sandbox_overrides=_SANDBOX_OVERRIDES,
        ),
    ),
)
