"""Chapter "thread tags" of the v3.0 reference."""

from rtmcli.catalogue.model import Chapter, Method, Param, ParamType, Retry
from rtmcli.catalogue.v3_0.scopes import CHATS_RW

CHAPTER = Chapter(
    "thread tags",
    (
        Method(
            action="tag_chat_thread",
            summary="Add a tag to a thread.",
            scopes=CHATS_RW,
            push="chat_thread_tagged",
            push_keys={"chat_id": "chat_id", "thread_id": "thread_id", "tag": "tag"},
            retry=Retry.IDEMPOTENT,
            retry_note="A second call may fail although the first one succeeded.",
            params=(
                Param("chat_id", ParamType.STRING, required=True, help="The id of the chat."),
                Param("thread_id", ParamType.STRING, required=True, help="The id of the thread."),
                Param("tag", ParamType.STRING, required=True, help="The name of the tag."),
            ),
            example={"chat_id": "PJ0MRSHTDG", "thread_id": "K600PKZON8", "tag": "bug_report"},
        ),
        # A5: the reference has a trailing tab in this action.
        Method(
            action="untag_chat_thread",
            summary="Remove a tag from a thread.",
            scopes=CHATS_RW,
            push="chat_thread_untagged",
            push_keys={"chat_id": "chat_id", "thread_id": "thread_id", "tag": "tag"},
            retry=Retry.IDEMPOTENT,
            retry_note="A second call may fail although the first one succeeded.",
            params=(
                Param("chat_id", ParamType.STRING, required=True, help="The id of the chat."),
                Param("thread_id", ParamType.STRING, required=True, help="The id of the thread."),
                Param("tag", ParamType.STRING, required=True, help="The name of the tag."),
            ),
            example={"chat_id": "PJ0MRSHTDG", "thread_id": "K600PKZON8", "tag": "bug_report"},
        ),
    ),
)
