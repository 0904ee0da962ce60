"""The state of a license, with lookups, ID generation and push recipients."""

import base64
import random
import string
from collections.abc import Callable
from functools import cached_property
from typing import NoReturn

from rtmcli.sandbox import timestamps
from rtmcli.sandbox.api import API
from rtmcli.sandbox.interface import PushDelivery, RequestError
from rtmcli.sandbox.model import (
    ALL_AGENTS_GROUP,
    Access,
    Agent,
    Chat,
    Customer,
    JSONObject,
    Thread,
    Visit,
)

_KEY_CHANGE_PUSHES = frozenset(push.name for push in API.pushes if push.is_key_change)
_ID_ALPHABET = string.ascii_uppercase + string.digits


def reject(message: str) -> NoReturn:
    """Raise a `RequestError` of type validation."""
    raise RequestError("validation", message)


class State:
    """All data of a license."""

    def __init__(self, seed: int | None, get_time: Callable[[], float]) -> None:
        self.random = random.Random(seed)  # noqa: S311  # IDs are not secret
        # Only with a seed can others know the tokens.
        self._token_random = (
            random.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311
        )
        self._get_time = get_time
        self.now = get_time()  # seconds since 1970: the time of the current request
        self.group_names: dict[int, str] = {ALL_AGENTS_GROUP: "Everybody"}
        self.agents: dict[str, Agent] = {}  # including bots
        self.agent_by_token: dict[str, str] = {}  # token -> agent ID
        self.customers: dict[str, Customer] = {}  # in order of creation
        self.visits: dict[str, Visit] = {}  # customer ID -> current visit
        self.chats: dict[str, Chat] = {}
        self.active_chats: dict[str, Chat] = {}  # those with an active thread
        self.devices: dict[tuple[str, str], str] = {}  # (agent ID, Firebase token) -> platform
        self.license: JSONObject = {}

    # Time and IDs.

    def update_now(self) -> None:
        """Read the clock once per request, so that all its changes have the same time."""
        self.now = self._get_time()

    @property
    def timestamp(self) -> int:
        """The current time in whole seconds since 1970."""
        return int(self.now)

    @property
    def date_time(self) -> str:
        """The current time in RFC 3339 format."""
        return timestamps.format_datetime(self.now)

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
        return f"{API.default_region}:{secret}"

    # Lookups; they reject unknown IDs.

    def chat(self, chat_id: str) -> Chat:
        """Return a chat."""
        chat = self.chats.get(chat_id)
        return chat or reject(f"chat {chat_id} not found")

    def thread(self, chat: Chat, thread_id: str) -> Thread:
        """Return a thread of a chat."""
        thread = chat.threads_by_id.get(thread_id)
        return thread or reject(f"thread {thread_id} not found in chat {chat.id}")

    def event(self, thread: Thread, event_id: str) -> JSONObject:
        """Return an event of a thread."""
        return thread.find_event(event_id) or reject(
            f"event {event_id} not found in thread {thread.id}"
        )

    def customer(self, customer_id: str) -> Customer:
        """Return a customer."""
        customer = self.customers.get(customer_id)
        return customer or reject(f"customer {customer_id} not found")

    def agent(self, agent_id: str) -> Agent:
        """Return an agent or bot."""
        agent = self.agents.get(agent_id)
        return agent or reject(f"agent {agent_id} not found")

    def group(self, group_id: object) -> int:
        """Return a group ID if the group exists."""
        if not isinstance(group_id, int) or group_id not in self.group_names:
            reject(f"group {group_id} not found")
        return group_id

    def active_chat(self, customer: Customer) -> Chat | None:
        """Return the customer's chat if it has an active thread."""
        chat = self.chats.get(customer.chat_id)
        return chat if chat and chat.active_thread else None

    def reject_if_banned(self, customer: Customer) -> None:
        """Raise a `RequestError` of type authorization if a customer is banned."""
        if customer.banned_until > self.now:
            raise RequestError("authorization", f"customer {customer.id} is banned")

    # Push recipients, as agent IDs.

    def recipients(self, chat: Chat) -> frozenset[str]:
        """Return the agents who get all pushes about a chat: those present, and its followers.

        Present agents need the scope chats--my:ro, followers chats--access:ro.
        """
        if chat.recipients is None:
            present = {
                each for each in chat.present_agents() if self._has_scope(each, "chats--my:ro")
            }
            followers = {
                each for each in chat.followers if self._has_scope(each, "chats--access:ro")
            }
            chat.recipients = frozenset(present | followers)
        return chat.recipients

    def key_change_recipients(self, chat: Chat) -> frozenset[str]:
        """Return the agents who get a chat's key changes: in addition, all with access to it."""
        if chat.key_change_recipients is None:
            chat.key_change_recipients = self.recipients(chat) | self.agents_with_access(
                chat.access
            )
        return chat.key_change_recipients

    def agents_with_access(self, *accesses: Access) -> frozenset[str]:
        """Return the agents included in any of the accesses who have the scope chats--access:ro."""
        return frozenset(
            agent.id
            for agent in self.agents.values()
            if "chats--access:ro" in agent.effective_scopes
            and any(agent.is_allowed_by(access) for access in accesses)
        )

    def chat_push(
        self, chat: Chat, name: str, payload: JSONObject, *, requester: bool = True
    ) -> PushDelivery:
        """Build a push about a chat for the recipients of its type."""
        find_recipients = (
            self.key_change_recipients if name in _KEY_CHANGE_PUSHES else self.recipients
        )
        return PushDelivery(name, payload, find_recipients(chat), to_requester=requester)

    @cached_property
    def customer_push_recipients(self) -> frozenset[str]:
        """The agents who get pushes about customers."""
        return self.agents_with_scope("customers:ro")

    @cached_property
    def multicast_recipients(self) -> frozenset[str]:
        """The agents who can get multicasts."""
        return self.agents_with_scope("multicast:ro")

    def agents_with_scope(self, scope: str) -> frozenset[str]:
        """Return the agents who have a scope."""
        return frozenset(each for each in self.agents if self._has_scope(each, scope))

    def _has_scope(self, agent_id: str, scope: str) -> bool:
        return scope in self.agents[agent_id].effective_scopes
