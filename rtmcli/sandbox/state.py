"""The state of a licence, and where things are found in it."""

import base64
import random
import string
from collections.abc import Callable, Collection
from functools import cached_property
from typing import NoReturn

from rtmcli.catalogue import API
from rtmcli.sandbox import clock
from rtmcli.sandbox.model import EVERYBODY, Access, Agent, Chat, Customer, Thread, Visit, Wire
from rtmcli.sandbox.seam import Delivery, Refusal

_KEY_CHANGES = frozenset(push.name for push in API.pushes if push.key_change)
_LETTERS = string.ascii_uppercase + string.digits


def refuse(message: str) -> NoReturn:
    """Refuse a request for what it says."""
    raise Refusal("validation", message)


class State:
    """Everything that a licence remembers."""

    def __init__(self, seed: int | None, tick: Callable[[], float]) -> None:
        self.random = random.Random(seed)  # noqa: S311  # made-up ids need no secrecy
        self._tick = tick
        self.now = tick()  # seconds since 1970: the time of the present request
        self.groups: dict[int, str] = {EVERYBODY: "Everybody"}
        self.agents: dict[str, Agent] = {}  # bots too
        self.tokens: dict[str, str] = {}  # token -> agent id
        self.customers: dict[str, Customer] = {}  # in the order of their creation
        self.visits: dict[str, Visit] = {}  # of the customers who are on the website
        self.chats: dict[str, Chat] = {}
        self.active: dict[str, Chat] = {}  # those with an active thread
        self.devices: dict[tuple[str, str], str] = {}  # (agent, Firebase token) -> platform
        self.licence: Wire = {}

    # Time and ids.

    def read_clock(self) -> None:
        """Begin a request: all that it does happens at the same time."""
        self.now = self._tick()

    @property
    def seconds(self) -> int:
        """The time in whole seconds since 1970."""
        return int(self.now)

    @property
    def date_time(self) -> str:
        """The time as RFC 3339."""
        return clock.date_time(self.now)

    def new_id(self) -> str:
        """Make the id of a chat or thread: ten letters and digits."""
        return "".join(self.random.choices(_LETTERS, k=10))

    def new_uuid(self) -> str:
        """Make a UUID of version 4: the id of a customer or a visit."""
        digits = f"{self.random.getrandbits(128):032x}"
        variant = "89ab"[int(digits[16], 16) % 4]
        return (
            f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
        )

    def new_token(self) -> str:
        """Make an access token, with the prefix of its region."""
        secret = base64.urlsafe_b64encode(self.random.randbytes(24)).decode()
        return f"{API.home}:{secret}"

    # Where things are found.

    def chat(self, chat_id: str) -> Chat:
        """Find a chat."""
        chat = self.chats.get(chat_id)
        return chat or refuse(f"chat {chat_id} not found")

    def thread(self, chat: Chat, thread_id: str) -> Thread:
        """Find a thread of a chat."""
        thread = chat.index.get(thread_id)
        return thread or refuse(f"thread {thread_id} not found in chat {chat.id}")

    def event(self, thread: Thread, event_id: str) -> Wire:
        """Find an event of a thread."""
        return thread.find(event_id) or refuse(f"event {event_id} not found in thread {thread.id}")

    def customer(self, customer_id: str) -> Customer:
        """Find a customer."""
        customer = self.customers.get(customer_id)
        return customer or refuse(f"customer {customer_id} not found")

    def agent(self, agent_id: str) -> Agent:
        """Find an agent or bot."""
        agent = self.agents.get(agent_id)
        return agent or refuse(f"agent {agent_id} not found")

    def group(self, group_id: object) -> int:
        """Find a group."""
        if not isinstance(group_id, int) or group_id not in self.groups:
            refuse(f"group {group_id} not found")
        return group_id

    def active_chat(self, customer: Customer) -> Chat | None:
        """Return the customer's chat where it has an active thread."""
        chat = self.chats.get(customer.chat_id)
        return chat if chat and chat.active_thread else None

    # Who gets a push.

    def told(self, chat: Chat) -> frozenset[str]:
        """Name the agents who get all pushes of a chat: those present, and its followers.

        An agent present needs a scope to read its own chats, a follower one to read others'.
        """
        if chat.told is None:
            mine = {each for each in chat.agents() if self._may(each, "chats--my:ro")}
            others = {each for each in chat.followers if self._may(each, "chats--access:ro")}
            chat.told = frozenset(mine | others)
        return chat.told

    def told_of_key_changes(self, chat: Chat) -> frozenset[str]:
        """Name the agents who get a chat's key changes: all those with access, too."""
        if chat.told_of_key_changes is None:
            chat.told_of_key_changes = self.told(chat) | self.with_access(chat.access)
        return chat.told_of_key_changes

    def with_access(self, *accesses: Access) -> frozenset[str]:
        """Name the agents whom any of the accesses lets in, and who may read what it guards."""
        return frozenset(
            agent.id
            for agent in self.agents.values()
            if "chats--access:ro" in agent.granted
            and any(agent.is_in(access) for access in accesses)
        )

    def push(self, chat: Chat, name: str, payload: Wire, *, requester: bool = True) -> Delivery:
        """Make a push about a chat, for those who are to get it."""
        heard = self.told_of_key_changes if name in _KEY_CHANGES else self.told
        return Delivery(name, payload, heard(chat), requester=requester)

    @cached_property
    def customer_watchers(self) -> frozenset[str]:
        """Name the agents who get the pushes about customers."""
        return self.those_granted("customers:ro")

    @cached_property
    def multicast_listeners(self) -> frozenset[str]:
        """Name the agents who get multicasts."""
        return self.those_granted("multicast:ro")

    def those_granted(self, scope: str, among: Collection[str] | None = None) -> frozenset[str]:
        """Name the agents who have a scope."""
        return frozenset(
            agent_id
            for agent_id in (self.agents if among is None else among)
            if self._may(agent_id, scope)
        )

    def _may(self, agent_id: str, scope: str) -> bool:
        return scope in self.agents[agent_id].granted
