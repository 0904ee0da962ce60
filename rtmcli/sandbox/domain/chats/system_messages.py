"""Texts of the system messages that the server adds to threads."""

from rtmcli.sandbox.domain.model import Event

TEMPLATES = {
    "agent_added": "{initiator} added {agent} to the chat",
    "agent_joined": "{agent} joined the chat",
    "agent_removed": "{initiator} removed {agent} from the chat",
    "agent_left": "{agent} left the chat",
    "customer_added": "{initiator} added {customer} to the chat",
    "chat_transferred": "{initiator} transferred the chat to {targets}",
    "customer_banned": (
        "The chat was archived because {agent} banned the customer for {duration} day(s)"
    ),
    "customer_updated": "{initiator} changed the customer to {customer_name} {customer_email}",
    "manual_archived_agent": "{agent} archived the chat",
    "manual_archived_customer": "{customer} archived the chat",
    "archived_customer_disconnected": "The chat was archived because {customer} left",
    "rating.chat_rated": "{customer} rated the chat: {score}",
    "rating.chat_commented": "{customer} commented on the chat: {comment}",
    "routing.archived_inactive": "The chat was archived after {duration} minutes of silence",
    "routing.assigned": "The chat was assigned to {agent}",
    "routing.unassigned": "The chat has no agent at present",
}


def build_event(message_type: str, variables: dict[str, str]) -> Event:
    """Build the draft of a system message."""
    return Event(
        "system_message",
        fields={
            "system_message_type": message_type,
            "text": TEMPLATES[message_type].format_map(variables),
            "text_vars": variables,
        },
    )
