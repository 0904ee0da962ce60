"""The Agent Chat RTM API v3.6.

If the reference contradicts itself or another document, or leaves a gap, the entry takes a
decision. Its comment cites the discrepancy by letter and number: A for the catalogue and its
form, B for parameters and types, C for samples, D for contradictions between documents, E for
the vendor's SDK.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from rtmcli.catalogue.api import Api, MethodIndex
from rtmcli.catalogue.model import Chapter, Renames
from rtmcli.catalogue.v3_6 import errors, pushes, scopes, status

if TYPE_CHECKING:
    from rtmcli.catalogue.objects import Objects

# A3: the chapters (a module each) and their methods follow the reference's sections.
# D22, E2: names of earlier versions are not in it; `renames` maps those of v3.0.
# D20: upload_file is a method of the Web API only.
_ACTIONS_BY_CHAPTER = {
    "chats": (
        "list_chats",
        "list_threads",
        "get_chat",
        "list_archives",
        "start_chat",
        "resume_chat",
        "deactivate_chat",
        "follow_chat",
        "unfollow_chat",
    ),
    "chat_access": ("transfer_chat",),
    "chat_users": ("add_user_to_chat", "remove_user_from_chat"),
    "events": ("send_event_preview", "send_event", "send_rich_message_postback"),
    "properties": (
        "update_chat_properties",
        "delete_chat_properties",
        "update_thread_properties",
        "delete_thread_properties",
        "update_event_properties",
        "delete_event_properties",
    ),
    "thread_tags": ("tag_thread", "untag_thread"),
    "customers": (
        "get_customer",
        "update_customer",
        "ban_customer",
        "subscribe_customers",
        "unsubscribe_customers",
    ),
    "status": (
        "login",
        "set_away_status",
        "set_routing_status",
        "logout",
        "list_routing_statuses",
        "update_session",
    ),
    "other": (
        "mark_events_as_seen",
        "send_thinking_indicator",
        "send_typing_indicator",
        "multicast",
        "list_agents_for_transfer",
        "request_thread_summary",
    ),
}


def _load_chapter(name: str) -> Chapter:
    chapter: Chapter = import_module(f"{__name__}.{name}").CHAPTER
    return chapter


def _load_objects() -> "Objects":
    from rtmcli.catalogue.v3_6.objects import OBJECTS

    return OBJECTS


def _load_renames() -> tuple[Renames, ...]:
    from rtmcli.catalogue.v3_6.renames import RENAMES

    return RENAMES


API = Api(
    version="3.6",
    path="/v3.6/agent/rtm/ws",
    methods=MethodIndex(_ACTIONS_BY_CHAPTER, _load_chapter),
    pushes=pushes.PUSHES,
    errors=errors.ERRORS + errors.OTHER_ERRORS,
    reasons=errors.REASONS,
    login_action="login",
    logout_action="logout",
    list_action="list_chats",
    ping_action="ping",  # A1: an action of the protocol, not in any chapter
    login_spec=status.LOGIN_SPEC,
    disconnect_push="agent_disconnected",
    reason_field="reason",
    region_field="region",
    replacements={
        "close_active_thread": ("deactivate_chat",),  # A2: named by unfollow_chat only
        "send_message_preview": ("send_event_preview",),  # E5: named by the SDK's changelog
        "set_thread_summary": ("request_thread_summary",),  # C21: named by a push's sample
    },
    push_chat_paths=("chat_id", "chat.id"),
    chat_paths_by_push={"chat_access_updated": ("id",)},
    user_paths=("", "user", "customers", "chat.users", "my_profile", "chats_summary.users"),
    load_renames=_load_renames,
    load_objects=_load_objects,
    # D1: documented as required, but the vendor's SDK connects without it. C18: an opaque string.
    query_params=("organization_id",),
    request_fields=("version",),
    refresh_action="update_session",
    push_scopes=scopes.PUSH_SCOPES,
)
