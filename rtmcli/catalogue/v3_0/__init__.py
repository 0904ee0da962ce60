"""The Agent Chat RTM API v3.0.

If the reference contradicts itself or another document, or leaves a gap, the entry takes a
decision. Its comment cites the discrepancy by letter and number: A for the list of methods, B for
parameters and types, C for samples, D for contradictions between documents.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from rtmcli.catalogue.api import Api, MethodIndex
from rtmcli.catalogue.model import Chapter, Renames
from rtmcli.catalogue.v3_0 import errors, pushes, session

if TYPE_CHECKING:
    from rtmcli.catalogue.objects import Objects

# A9: the chapters (a module each) and their methods follow the reference's index.
_ACTIONS_BY_CHAPTER = {
    "chats": (
        "activate_chat",
        "follow_chat",
        "get_chats_summary",
        "start_chat",
        "transfer_chat",
        "unfollow_chat",
    ),
    "chat_access": ("grant_access", "revoke_access", "set_access"),
    "chat_users": ("add_user_to_chat", "update_agent", "remove_user_from_chat", "set_away_status"),
    "customers": ("ban_customer", "create_customer", "get_customers", "update_customer"),
    "events": ("send_event",),
    "session": ("login", "logout"),
    "properties": (
        "delete_chat_properties",
        "delete_chat_thread_properties",
        "delete_event_properties",
        "update_chat_properties",
        "update_chat_thread_properties",
        "update_event_properties",
    ),
    "thread_tags": ("tag_chat_thread", "untag_chat_thread"),
    "other": (
        "get_archives",
        "get_chat_threads",
        "get_chat_threads_summary",
        "send_rich_message_postback",
        "multicast",
        "send_typing_indicator",
        "close_thread",
        "change_push_notifications",
        "update_last_seen_timestamp",
    ),
}


def _load_chapter(name: str) -> Chapter:
    chapter: Chapter = import_module(f"{__name__}.{name}").CHAPTER
    return chapter


def _load_objects() -> "Objects":
    from rtmcli.catalogue.v3_0.objects import OBJECTS

    return OBJECTS


def _load_renames() -> tuple[Renames, ...]:
    from rtmcli.catalogue.v3_0.renames import RENAMES

    return RENAMES


API = Api(
    version="3.0",
    path="/v3.0/agent/rtm/ws",
    methods=MethodIndex(_ACTIONS_BY_CHAPTER, _load_chapter),
    pushes=pushes.PUSHES,
    errors=errors.ERRORS,
    reasons=errors.REASONS,
    login_action="login",
    logout_action="logout",
    list_action="get_customers",
    ping_action="ping",  # A11: an action of the protocol, not in any chapter
    login_spec=session.LOGIN_SPEC,
    disconnect_push="agent_disconnected",
    reason_field="reason",
    region_field="region",
    # A2: the index lists it, but it is not documented.
    replacements={"set_customers": ("get_customers", "update_customer")},
    push_chat_paths=("chat_id", "chat.id"),
    user_paths=("", "user", "customer", "chat.users", "my_profile", "chats_summary.users"),
    load_renames=_load_renames,
    load_objects=_load_objects,
    request_fields=("author_id",),
)
