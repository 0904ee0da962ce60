"""The parts of a license: agents, customers, chats and their threads.

Values that responses share (events, visits, properties) are never changed in place: a change
replaces them, so a response that was returned stays as it was. Times are microseconds since 1970;
0 stands for "never".
"""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

JSONObject = dict[str, Any]  # a JSON object; never changed in place
Properties = dict[str, dict[str, Any]]  # {namespace: {name: value}}

ALL_AGENTS_GROUP = 0  # the group of all agents
EXTERNAL_CONNECTION = -1  # stands for an agent's connection outside the sandbox
NO_FIELDS: JSONObject = {}
ROLES = ("owner", "administrator", "normal")


class Access(NamedTuple):
    """The groups and agents with access to a chat, a thread or a customer."""

    group_ids: tuple[int, ...] = (ALL_AGENTS_GROUP,)
    agent_ids: tuple[str, ...] = ()


class Agent:
    """An agent or a bot, and its connections."""

    __slots__ = (
        "avatar",
        "away_by_connection",
        "default_routing_status",
        "email",
        "group_ids",
        "id",
        "is_bot",
        "monitoring_level",
        "name",
        "permission",
        "routing_status",
        "status_before_away",
        "token_scopes",
    )

    def __init__(
        self,
        agent_id: str,
        name: str,
        permission: str,
        group_ids: Collection[int],
        *,
        token_scopes: frozenset[str] | None = None,
        default_routing_status: str = "accepting_chats",
        is_bot: bool = False,
    ) -> None:
        """Without `token_scopes` the agent's token has those of the role `permission`."""
        self.id = agent_id
        self.name = name
        self.email = "" if is_bot else agent_id
        self.avatar = f"cdn.example.com/avatars/{agent_id.partition('@')[0]}.png"
        self.permission = permission
        self.group_ids = frozenset(group_ids) | {ALL_AGENTS_GROUP}
        self.token_scopes = token_scopes
        self.default_routing_status = default_routing_status
        self.routing_status = default_routing_status  # the last known status, if offline
        self.status_before_away = ""  # to restore when the agent is back
        self.monitoring_level = "my"  # which customers the agent's pushes are about
        self.is_bot = is_bot
        self.away_by_connection: dict[int, bool] = {}  # connection ID -> is it away

    @property
    def is_online(self) -> bool:
        """Return whether the agent has a connection."""
        return bool(self.away_by_connection)

    @property
    def accepts_chats(self) -> bool:
        """Return whether the agent is online and accepts chats."""
        return bool(self.away_by_connection) and self.routing_status == "accepting_chats"

    def is_allowed_by(self, access: Access) -> bool:
        """Return whether the access includes the agent."""
        return not self.group_ids.isdisjoint(access.group_ids) or self.id in access.agent_ids


class Page(NamedTuple):
    """A page that a customer opened."""

    opened: int
    url: str
    title: str


class Visit(NamedTuple):
    """A customer's visit to the website."""

    id: str
    number: int  # unique on the license
    started: int
    ip: str
    user_agent: str
    geolocation: JSONObject
    pages: tuple[Page, ...] = ()  # the latest ones, the last is the current one
    ended: int = 0


class Profile(NamedTuple):
    """What is known about a customer; None if it is not set."""

    name: str | None = None
    email: str | None = None
    avatar: str | None = None
    phone_number: str | None = None
    session_fields: tuple[tuple[str, Any], ...] | None = None  # names and values, in order
    address: JSONObject | None = None
    messenger_accounts: tuple[JSONObject, ...] | None = None
    text_numbers: tuple[JSONObject, ...] | None = None


class Customer:
    """A customer."""

    __slots__ = (
        "access",
        "agent_last_event",
        "banned_until",
        "chat_id",
        "created",
        "customer_last_event",
        "id",
        "pending_changes",
        "profile",
        "serial_number",
        "statistics",
        "visit",
    )

    def __init__(
        self, customer_id: str, profile: Profile, serial_number: int, created: int
    ) -> None:
        self.id = customer_id
        self.profile = profile
        self.serial_number = serial_number  # 1, 2, …: the order of creation
        self.created = created
        self.statistics = {"chats_count": 0, "threads_count": 0, "visits_count": 0}
        self.visit: Visit | None = None  # the current or last one
        self.agent_last_event = 0  # the time of the last event of an agent in the chat
        self.customer_last_event = 0
        self.chat_id = ""  # a customer has at most one chat
        self.banned_until = 0
        self.access = Access()
        self.pending_changes: dict[str, Any] = {}  # applied when the active thread is closed

    @property
    def display_name(self) -> str:
        """Return the name for system messages."""
        return "Customer" if self.profile.name is None else self.profile.name

    def increment_statistics(self, **increments: int) -> None:
        """Add to the counters."""
        counters = {name: self.statistics.get(name, 0) + each for name, each in increments.items()}
        self.statistics = {**self.statistics, **counters}


class Event(NamedTuple):
    """An event of a thread, or a draft of one without ID, time and number."""

    type: str
    author_id: str = ""  # empty: the server
    visibility: str = "all"  # or "agents"
    custom_id: str | None = None
    fields: JSONObject = NO_FIELDS  # those of its type, such as `text`
    properties: Properties = NO_FIELDS
    id: str = ""
    created: int = 0
    number: int = 0  # 1, 2, …: the position in the thread


class Queue(NamedTuple):
    """The place of a chat that waits for an agent."""

    position: int  # from 1
    wait_time: int  # seconds, an estimate
    queued: int


class Summary(NamedTuple):
    """A generated summary of a thread."""

    status: str
    text: str
    updated: int


class Thread:
    """A thread of a chat, and its events in order."""

    __slots__ = (
        "access",
        "active",
        "created",
        "event_indexes",
        "events",
        "id",
        "number",
        "properties",
        "queued",
        "summary",
        "tags",
        "user_ids",
        "visit",
    )

    def __init__(self, thread_id: str, number: int, created: int, access: Access) -> None:
        self.id = thread_id
        self.number = number  # 1, 2, …: the position in the chat
        self.created = created
        self.access = access
        self.active = True
        self.user_ids: list[str] = []
        self.events: list[Event] = []
        self.event_indexes: dict[str, int] = {}  # event ID -> index in events
        self.properties: Properties = {}
        self.tags: tuple[str, ...] = ()
        self.queued = 0  # since when it waits for an agent
        self.summary: Summary | None = None
        self.visit: Visit | None = None  # the customer's, when the thread was opened

    def append_event(self, event: Event) -> None:
        """Append an event that already has its ID, time and number."""
        self.event_indexes[event.id] = len(self.events)
        self.events.append(event)

    def find_event(self, event_id: str) -> Event | None:
        """Return an event, or None."""
        index = self.event_indexes.get(event_id)
        return None if index is None else self.events[index]

    def replace_event(self, event: Event) -> None:
        """Replace the event that has the same ID."""
        self.events[self.event_indexes[event.id]] = event

    def add_user(self, user_id: str) -> None:
        """Add a user to those who took part in the thread."""
        if user_id not in self.user_ids:
            self.user_ids.append(user_id)


class Membership:
    """A user's membership of a chat."""

    __slots__ = ("is_present", "seen_up_to", "user_type", "visibility")

    def __init__(
        self,
        user_type: str,
        *,
        is_present: bool = True,
        seen_up_to: int = 0,
        visibility: str = "all",
    ) -> None:
        self.user_type = user_type  # "agent" or "customer"
        self.is_present = is_present
        self.seen_up_to = seen_up_to
        self.visibility = visibility  # who sees the user and the user's events


class Audience:
    """Who is concerned by what happens in a chat, at one moment.

    `agents_by_rule` is for the dialects, to cache which agents get a push.
    """

    __slots__ = ("access", "agents_by_rule", "followers", "present")

    def __init__(self, present: Iterable[str], followers: Iterable[str], access: Access) -> None:
        self.present = frozenset(present)  # agents and bots
        self.followers = frozenset(followers)
        self.access = access
        self.agents_by_rule: dict[Any, frozenset[str]] = {}


class Chat:
    """A chat: users, threads, properties, access."""

    __slots__ = (
        "_audience",
        "access",
        "customer_id",
        "followers",
        "id",
        "latest_events",
        "properties",
        "threads",
        "threads_by_id",
        "updated",
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
        self.properties: Properties = {}
        # event type -> the thread of the latest event of that type, and its index there
        self.latest_events: dict[str, tuple[Thread, int]] = {}
        self.updated = 0  # time of the last event or thread; it increases with each
        self._audience: Audience | None = None

    @property
    def last_thread(self) -> Thread:
        """The newest thread: the only one that may be active."""
        return self.threads[-1]

    @property
    def active_thread(self) -> Thread | None:
        """The active thread, or None."""
        thread = self.threads[-1]
        return thread if thread.active else None

    @property
    def audience(self) -> Audience:
        """The agents who are concerned by what happens in the chat."""
        if self._audience is None:
            self._audience = Audience(self.present_agents(), self.followers, self.access)
        return self._audience

    def invalidate_audience(self) -> None:
        """Forget the audience after a change of users, followers or access."""
        self._audience = None

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

    def touch(self, now: int) -> int:
        """Return the time of a new event or thread: now, but later than the previous one."""
        self.updated = max(self.updated + 1, now)
        return self.updated
