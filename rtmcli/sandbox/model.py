"""What a licence is made of: agents, customers, chats and their threads.

What goes on the wire (an event, a customer, properties) is kept as it goes on the wire and never
changed in place: who changes it puts a new object in its stead, so that an answer that was given
stays as it was.
"""

from collections.abc import Collection
from typing import Any

from rtmcli.row import Row

Wire = dict[str, Any]  # a JSON object; never changed in place

EVERYBODY = 0  # the group of all agents
ELSEWHERE = -1  # the connection of an agent who works with another program


class Access(Row):
    """Who may see a chat, a thread or a customer."""

    groups: tuple[int, ...] = (EVERYBODY,)
    agents: tuple[str, ...] = ()

    def wire(self) -> Wire:
        """Lay it out as the API shows it."""
        shown: Wire = {"group_ids": list(self.groups)}
        if self.agents:
            shown["agent_ids"] = list(self.agents)
        return shown


class Agent:
    """An agent or a bot, and its connections."""

    __slots__ = (
        "avatar",
        "bot",
        "connections",
        "default_status",
        "email",
        "granted",
        "groups",
        "id",
        "name",
        "permission",
        "present_before_away",
        "routing_status",
        "scopes",
    )

    def __init__(  # the facts of a row
        self,
        agent_id: str,
        name: str,
        permission: str,
        groups: Collection[int],
        *,
        scopes: frozenset[str],
        granted: frozenset[str],
        status: str = "accepting_chats",
        bot: bool = False,
    ) -> None:
        self.id = agent_id
        self.name = name
        self.email = "" if bot else agent_id
        self.avatar = f"cdn.example.com/avatars/{agent_id.partition('@')[0]}.png"
        self.permission = permission
        self.groups = frozenset(groups) | {EVERYBODY}
        self.scopes = scopes  # as the token has them
        self.granted = granted  # with all that they imply
        self.default_status = status
        self.routing_status = status  # the last known one
        self.present_before_away = ""  # the status to return to from being away
        self.bot = bot
        self.connections: dict[int, bool] = {}  # connection -> is it away

    @property
    def online(self) -> bool:
        """Tell whether the agent is logged in anywhere."""
        return bool(self.connections)

    def is_in(self, access: Access) -> bool:
        """Tell whether an access lets the agent in."""
        return not self.groups.isdisjoint(access.groups) or self.id in access.agents


class Visit(Row):
    """A customer's stay on the website."""

    id: str
    started_at: str
    ip: str
    user_agent: str
    geolocation: Wire


class Customer:
    """A customer; `facts` is the Customer as the API shows it."""

    __slots__ = ("access", "banned_until", "chat_id", "created", "facts", "id", "later", "serial")

    def __init__(self, facts: Wire, serial: int, created: int) -> None:
        self.id: str = facts["id"]
        self.created = created  # milliseconds since 1970
        self.facts = facts
        self.serial = serial  # grows with each new customer: the order of their creation
        self.chat_id = ""  # the one chat of the customer
        self.banned_until = 0.0  # seconds since 1970
        self.access = Access()
        self.later: Wire = {}  # what changes once the active chat has ended

    def change(self, **facts: Any) -> None:
        """Put other facts in the place of those of the same name."""
        self.facts = {**self.facts, **facts}


class Thread:
    """A thread of a chat, and its events in order."""

    __slots__ = (
        "access",
        "active",
        "events",
        "id",
        "order",
        "positions",
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
        self.events: list[Wire] = []
        self.positions: dict[str, int] = {}  # event id -> index in events
        self.properties: Wire = {}
        self.tags: tuple[str, ...] = ()

    def append(self, event: Wire) -> None:
        """Add an event that has its id and order."""
        self.positions[event["id"]] = len(self.events)
        self.events.append(event)

    def find(self, event_id: str) -> Wire | None:
        """Return an event, or None."""
        position = self.positions.get(event_id)
        return None if position is None else self.events[position]

    def replace(self, event: Wire) -> None:
        """Put a changed event in the place of the one with its id."""
        self.events[self.positions[event["id"]]] = event

    def note_user(self, user_id: str) -> None:
        """Note that a user took part."""
        if user_id not in self.user_ids:
            self.user_ids.append(user_id)


class Seat:
    """A user's place in a chat."""

    __slots__ = ("last_seen", "present", "type")

    def __init__(self, user_type: str, *, present: bool = True, last_seen: int = 0) -> None:
        self.type = user_type  # agent or customer
        self.present = present
        self.last_seen = last_seen  # seconds since 1970; 0 is never


class Chat:
    """A chat: users, threads, properties, access.

    `told` and `told_of_key_changes` remember who gets its pushes; `regroup` forgets them.
    """

    __slots__ = (
        "access",
        "customer_id",
        "followers",
        "id",
        "index",
        "latest",
        "order",
        "properties",
        "threads",
        "told",
        "told_of_key_changes",
        "users",
    )

    def __init__(self, chat_id: str, access: Access) -> None:
        self.id = chat_id
        self.access = access
        self.customer_id = ""
        self.users: dict[str, Seat] = {}
        self.followers: set[str] = set()
        self.threads: list[Thread] = []
        self.index: dict[str, Thread] = {}
        self.properties: Wire = {}
        self.latest: dict[str, tuple[Thread, int]] = {}  # event type -> where its last one is
        self.order = 0  # microseconds since 1970 of the last event
        self.told: frozenset[str] | None = None
        self.told_of_key_changes: frozenset[str] | None = None

    @property
    def last_thread(self) -> Thread:
        """Return the newest thread: the only one that may be active."""
        return self.threads[-1]

    @property
    def active_thread(self) -> Thread | None:
        """Return the active thread, or None."""
        thread = self.threads[-1]
        return thread if thread.active else None

    def has(self, user_id: str) -> bool:
        """Tell whether a user is present."""
        seat = self.users.get(user_id)
        return seat is not None and seat.present

    def agents(self) -> list[str]:
        """Name the agents and bots who are present."""
        return [
            user_id for user_id, seat in self.users.items() if seat.present and seat.type == "agent"
        ]

    def regroup(self) -> None:
        """Forget who gets the chat's pushes: users, followers or access have changed."""
        self.told = self.told_of_key_changes = None
