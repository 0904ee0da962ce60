"""The parts of a license: agents, customers, chats and their threads.

Objects of the wire format (events, customers, properties) are stored as they are sent and never
changed in place: a change replaces the object, so a response that was returned stays as it was.
"""

from collections.abc import Collection
from typing import Any, NamedTuple

JSONObject = dict[str, Any]  # a JSON object; never changed in place

ALL_AGENTS_GROUP = 0  # the group of all agents
EXTERNAL_CONNECTION = -1  # stands for an agent's connection outside the sandbox


class Access(NamedTuple):
    """The groups and agents with access to a chat, a thread or a customer."""

    group_ids: tuple[int, ...] = (ALL_AGENTS_GROUP,)
    agent_ids: tuple[str, ...] = ()

    def to_json(self) -> JSONObject:
        """Return the API's JSON form; `agent_ids` is left out if empty."""
        result: JSONObject = {"group_ids": list(self.group_ids)}
        if self.agent_ids:
            result["agent_ids"] = list(self.agent_ids)
        return result


class Agent:
    """An agent or a bot, and its connections."""

    __slots__ = (
        "avatar",
        "away_by_connection",
        "default_routing_status",
        "effective_scopes",
        "email",
        "group_ids",
        "id",
        "is_bot",
        "name",
        "permission",
        "routing_status",
        "scopes",
        "status_before_away",
    )

    def __init__(
        self,
        agent_id: str,
        name: str,
        permission: str,
        group_ids: Collection[int],
        *,
        scopes: frozenset[str],
        effective_scopes: frozenset[str],
        default_routing_status: str = "accepting_chats",
        is_bot: bool = False,
    ) -> None:
        self.id = agent_id
        self.name = name
        self.email = "" if is_bot else agent_id
        self.avatar = f"cdn.example.com/avatars/{agent_id.partition('@')[0]}.png"
        self.permission = permission
        self.group_ids = frozenset(group_ids) | {ALL_AGENTS_GROUP}
        self.scopes = scopes  # as listed in the token
        self.effective_scopes = effective_scopes  # with the scopes they imply
        self.default_routing_status = default_routing_status
        self.routing_status = default_routing_status  # the last known status, if offline
        self.status_before_away = ""  # to restore when the agent is back
        self.is_bot = is_bot
        self.away_by_connection: dict[int, bool] = {}  # connection ID -> is it away

    @property
    def is_online(self) -> bool:
        """Return whether the agent has a connection."""
        return bool(self.away_by_connection)

    def is_allowed_by(self, access: Access) -> bool:
        """Return whether the access includes the agent."""
        return not self.group_ids.isdisjoint(access.group_ids) or self.id in access.agent_ids


class Visit(NamedTuple):
    """A customer's visit to the website."""

    id: str
    started_at: str
    ip: str
    user_agent: str
    geolocation: JSONObject


class Customer:
    """A customer; `data` is the customer in the API's JSON form."""

    __slots__ = (
        "access",
        "banned_until",
        "chat_id",
        "created_ms",
        "data",
        "id",
        "pending_changes",
        "serial_number",
    )

    def __init__(self, data: JSONObject, serial_number: int, created_ms: int) -> None:
        self.id: str = data["id"]
        self.created_ms = created_ms  # milliseconds since 1970
        self.data = data
        self.serial_number = serial_number  # 1, 2, …: the order of creation
        self.chat_id = ""  # a customer has at most one chat
        self.banned_until = 0.0  # seconds since 1970
        self.access = Access()
        self.pending_changes: JSONObject = {}  # applied when the active thread is closed

    def update(self, **fields: Any) -> None:
        """Set fields of the customer."""
        self.data = {**self.data, **fields}


class Thread:
    """A thread of a chat, and its events in order."""

    __slots__ = (
        "access",
        "active",
        "event_indexes",
        "events",
        "id",
        "order",
        "properties",
        "tags",
        "timestamp",
        "user_ids",
    )

    def __init__(self, thread_id: str, order: int, timestamp: int, access: Access) -> None:
        self.id = thread_id
        self.order = order
        self.timestamp = timestamp  # seconds since 1970
        self.access = access
        self.active = True
        self.user_ids: list[str] = []
        self.events: list[JSONObject] = []
        self.event_indexes: dict[str, int] = {}  # event ID -> index in events
        self.properties: JSONObject = {}
        self.tags: tuple[str, ...] = ()

    def append_event(self, event: JSONObject) -> None:
        """Append an event that already has its ID and order."""
        self.event_indexes[event["id"]] = len(self.events)
        self.events.append(event)

    def find_event(self, event_id: str) -> JSONObject | None:
        """Return an event, or None."""
        index = self.event_indexes.get(event_id)
        return None if index is None else self.events[index]

    def replace_event(self, event: JSONObject) -> None:
        """Replace the event that has the same ID."""
        self.events[self.event_indexes[event["id"]]] = event

    def add_user(self, user_id: str) -> None:
        """Add a user to those who took part in the thread."""
        if user_id not in self.user_ids:
            self.user_ids.append(user_id)


class Membership:
    """A user's membership of a chat."""

    __slots__ = ("is_present", "last_seen", "user_type")

    def __init__(self, user_type: str, *, is_present: bool = True, last_seen: int = 0) -> None:
        self.user_type = user_type  # "agent" or "customer"
        self.is_present = is_present
        self.last_seen = last_seen  # seconds since 1970; 0: never


class Chat:
    """A chat: users, threads, properties, access.

    `recipients` and `key_change_recipients` cache which agents get its pushes (see `State`).
    """

    __slots__ = (
        "access",
        "customer_id",
        "followers",
        "id",
        "key_change_recipients",
        "latest_events",
        "order",
        "properties",
        "recipients",
        "threads",
        "threads_by_id",
        "users",
    )

    def __init__(self, chat_id: str, access: Access) -> None:
        self.id = chat_id
        self.access = access
        self.customer_id = ""
        self.users: dict[str, Membership] = {}
        self.followers: set[str] = set()
        self.threads: list[Thread] = []
        self.threads_by_id: dict[str, Thread] = {}
        self.properties: JSONObject = {}
        # event type -> the thread of the latest event of that type, and its index there
        self.latest_events: dict[str, tuple[Thread, int]] = {}
        self.order = 0  # time of the last event, in microseconds since 1970
        self.recipients: frozenset[str] | None = None
        self.key_change_recipients: frozenset[str] | None = None

    @property
    def last_thread(self) -> Thread:
        """The newest thread: the only one that may be active."""
        return self.threads[-1]

    @property
    def active_thread(self) -> Thread | None:
        """The active thread, or None."""
        thread = self.threads[-1]
        return thread if thread.active else None

    def is_present(self, user_id: str) -> bool:
        """Return whether a user is present in the chat."""
        membership = self.users.get(user_id)
        return membership is not None and membership.is_present

    def present_agents(self) -> list[str]:
        """List the IDs of the agents and bots that are present."""
        return [
            user_id
            for user_id, membership in self.users.items()
            if membership.is_present and membership.user_type == "agent"
        ]

    def invalidate_recipients(self) -> None:
        """Clear the cached recipients after a change of users, followers or access."""
        self.recipients = self.key_change_recipients = None
