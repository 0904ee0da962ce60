"""The Agent Chat RTM API v3.0, whole.

Where the reference contradicts itself or other documents, or leaves a gap, a row takes a decision;
its comment begins with a letter and a number: A for the list of methods, B for parameters and
types, C for samples, D for documents that contradict each other.
"""

from rtmcli.catalogue.model import Api
from rtmcli.catalogue.v3_0 import (
    chat_access,
    chat_users,
    chats,
    customers,
    errors,
    events,
    other,
    properties,
    pushes,
    session,
    thread_tags,
)

API = Api(
    version="3.0",
    path="/v3.0/agent/rtm/ws",
    regions={"dal": "api.livechatinc.com", "fra": "api-fra.livechatinc.com"},
    home="dal",
    # A9: the chapters are those of the reference's index.
    chapters=(
        chats.CHAPTER,
        chat_access.CHAPTER,
        chat_users.CHAPTER,
        customers.CHAPTER,
        events.CHAPTER,
        session.CHAPTER,
        properties.CHAPTER,
        thread_tags.CHAPTER,
        other.CHAPTER,
    ),
    pushes=pushes.PUSHES,
    errors=errors.ERRORS,
    reasons=errors.REASONS,
    login="login",
    logout="logout",
    ping="ping",  # A11: an action of the protocol, in no chapter.
    entry=session.ENTRY,
    disconnected="agent_disconnected",
    reason="reason",
    region="region",
    # A2: the index lists it, nothing else knows it.
    not_methods={"set_customers": ("get_customers", "update_customer")},
    push_chats=("chat_id", "chat.id"),
)
