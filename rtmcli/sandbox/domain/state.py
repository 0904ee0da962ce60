"""The state of a license, with lookups, time and ID generation."""

import base64
import random
import string
from collections.abc import Callable
from typing import Any, NamedTuple

from rtmcli.catalogue import service
from rtmcli.sandbox.domain import timestamps
from rtmcli.sandbox.domain.errors import forbid, not_found
from rtmcli.sandbox.domain.model import (
    ALL_AGENTS_GROUP,
    Agent,
    Chat,
    Customer,
    Event,
    JSONObject,
    Thread,
    Visit,
)
from rtmcli.sandbox.variants import Variant

_ID_ALPHABET = string.ascii_uppercase + string.digits


class Subscription(NamedTuple):
    """A connection's subscription to the customers of groups."""

    connection_id: int
    group_ids: frozenset[int]
    limit: int


class State:
    """All data of a license."""

    def __init__(
        self,
        seed: int | None,
        get_time: Callable[[], float],
        variants: frozenset[Variant] = frozenset(),
    ) -> None:
        self.variants = variants
        self.random = random.Random(seed)  # noqa: S311  # IDs are not secret
        # Only with a seed can others know the tokens.
        self._token_random = (
            random.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311
        )
        self._get_time = get_time
        self.now = timestamps.from_seconds(get_time())  # the time of the current request
        self.group_names: dict[int, str] = {ALL_AGENTS_GROUP: "Everybody"}
        self.agents: dict[str, Agent] = {}  # including bots
        self.agent_by_token: dict[str, str] = {}  # token -> agent ID
        self.customers: dict[str, Customer] = {}  # in order of creation
        self.visits: dict[str, Visit] = {}  # customer ID -> current visit
        self.visit_count = 0
        self.chats: dict[str, Chat] = {}
        self.active_chats: dict[str, Chat] = {}  # those with an active thread
        self.queue: dict[str, Chat] = {}  # active chats that wait for an agent, in order
        self.devices: dict[tuple[str, str], str] = {}  # (agent ID, Firebase token) -> platform
        self.subscriptions: dict[str, Subscription] = {}  # by ID
        self.organization_id = ""
        self.license: JSONObject = {}  # facts about the license, such as its plan

    # Time and IDs.

    def update_now(self) -> None:
        """Read the clock once per request, so that all its changes have the same time."""
        self.now = timestamps.from_seconds(self._get_time())

    @property
    def timestamp(self) -> int:
        """The current time in whole seconds since 1970."""
        return timestamps.to_seconds(self.now)

    def new_id(self) -> str:
        """Generate a chat or thread ID: ten letters and digits."""
        return "".join(self.random.choices(_ID_ALPHABET, k=10))

    def new_uuid(self) -> str:
        """Generate a customer or visit ID: a version 4 UUID."""
        digits = f"{self.random.getrandbits(128):032x}"
        variant = "89ab"[int(digits[16], 16) % 4]
        return (
            f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
        )

    def new_token(self) -> str:
        """Generate an access token with the prefix of its region."""
        secret = base64.urlsafe_b64encode(self._token_random.randbytes(24)).decode()
        return f"{service.DEFAULT_REGION}:{secret}"

    # Lookups; they reject unknown IDs.

    def chat(self, chat_id: str) -> Chat:
        """Return a chat."""
        chat = self.chats.get(chat_id)
        return chat or not_found(f"chat {chat_id} not found")

    def thread(self, chat: Chat, thread_id: str) -> Thread:
        """Return a thread of a chat."""
        thread = chat.threads_by_id.get(thread_id)
        return thread or not_found(f"thread {thread_id} not found in chat {chat.id}")

    def event(self, thread: Thread, event_id: str) -> Event:
        """Return an event of a thread."""
        return thread.find_event(event_id) or not_found(
            f"event {event_id} not found in thread {thread.id}"
        )

    def customer(self, customer_id: str) -> Customer:
        """Return a customer."""
        customer = self.customers.get(customer_id)
        return customer or not_found(f"customer {customer_id} not found")

    def agent(self, agent_id: str) -> Agent:
        """Return an agent or bot."""
        agent = self.agents.get(agent_id)
        return agent or not_found(f"agent {agent_id} not found")

    def group(self, group_id: Any) -> int:
        """Return a group ID if the group exists."""
        if not isinstance(group_id, int) or group_id not in self.group_names:
            not_found(f"group {group_id} not found")
        return group_id

    def active_chat(self, customer: Customer) -> Chat | None:
        """Return the customer's chat if it has an active thread."""
        chat = self.chats.get(customer.chat_id)
        return chat if chat and chat.active_thread else None

    def reject_if_banned(self, customer: Customer) -> None:
        """Refuse a customer who is banned."""
        if customer.banned_until > self.now:
            forbid(f"customer {customer.id} is banned")
