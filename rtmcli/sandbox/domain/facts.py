"""What happened on the license; each dialect renders it as pushes.

A fact names the objects as they are when it is rendered, which is at the end of the request that
caused it. `audience` is that of the moment when it happened.
"""

from typing import Any, NamedTuple

from rtmcli.sandbox.domain.model import (
    Access,
    Agent,
    Audience,
    Chat,
    Customer,
    Event,
    Page,
    Properties,
    Summary,
    Thread,
    Visit,
)


class ThreadOpened(NamedTuple):
    """A chat got a new thread, with its initial events."""

    chat: Chat
    thread: Thread
    audience: Audience
    previous_audience: Audience | None = None  # before the thread was opened
    requester_id: str = ""  # the agent who did it; empty: a customer


class ChatFollowed(NamedTuple):
    """An agent follows a chat."""

    chat: Chat
    agent_id: str


class ChatUnfollowed(NamedTuple):
    """An agent does not follow a chat any more."""

    chat: Chat
    agent_id: str


class ThreadClosed(NamedTuple):
    """The active thread was closed."""

    chat: Chat
    thread: Thread
    audience: Audience
    user_id: str = ""  # empty: the server closed it


class AccessChanged(NamedTuple):
    """The access of a chat or a customer changed."""

    change: str  # "granted", "revoked" or "set"
    resource: Chat | Customer
    requested: Access  # what was granted, revoked or set
    before: Access
    after: Access
    audience: Audience | None = None  # of a chat


class ChatTransferred(NamedTuple):
    """A chat was transferred, or queued, by an agent or the router."""

    chat: Chat
    thread: Thread
    audience: Audience
    previous_audience: Audience
    target_type: str  # "group" or "agent"
    ids: tuple[Any, ...]  # the target that was asked for
    reason: str
    gaining_agent_id: str = ""  # the agent who gets the chat and was not present
    losing_agent_ids: tuple[str, ...] = ()
    requester_id: str = ""


class UserAdded(NamedTuple):
    """A user was added to a chat."""

    chat: Chat
    thread: Thread
    audience: Audience
    user_id: str
    reason: str = "manual"
    requester_id: str = ""


class UserRemoved(NamedTuple):
    """An agent was removed from a chat."""

    chat: Chat
    thread: Thread | None  # the active one
    audience: Audience
    user_id: str
    reason: str = "manual"
    requester_id: str = ""


class EventAdded(NamedTuple):
    """An event was added to a thread."""

    chat: Chat
    thread: Thread
    audience: Audience
    event: Event


class EventUpdated(NamedTuple):
    """An event was changed."""

    chat: Chat
    thread: Thread
    audience: Audience
    event: Event


class PostbackSent(NamedTuple):
    """A user pressed or released a button of a rich message."""

    chat: Chat
    thread: Thread
    audience: Audience
    event_id: str
    user_id: str
    postback: dict[str, Any]


class PropertiesUpdated(NamedTuple):
    """Properties of a chat, of one of its threads or of an event were set."""

    chat: Chat
    audience: Audience
    properties: Properties  # those that were set
    thread_id: str = ""
    event_id: str = ""


class PropertiesDeleted(NamedTuple):
    """Properties of a chat, of one of its threads or of an event were deleted."""

    chat: Chat
    audience: Audience
    names: dict[str, list[str]]
    thread_id: str = ""
    event_id: str = ""


class ThreadTagged(NamedTuple):
    """A thread got a tag."""

    chat: Chat
    thread: Thread
    audience: Audience
    tag: str


class ThreadUntagged(NamedTuple):
    """A tag was removed from a thread."""

    chat: Chat
    thread: Thread
    audience: Audience
    tag: str


class MarkedAsSeen(NamedTuple):
    """A user has seen the events of a chat up to a time."""

    chat: Chat
    audience: Audience
    user_id: str
    seen_up_to: int


class Typing(NamedTuple):
    """A user started or stopped typing."""

    chat: Chat
    thread: Thread
    audience: Audience
    author_id: str
    visibility: str
    is_typing: bool
    sender_id: str = ""  # the agent whose connections do not get it


class Thinking(NamedTuple):
    """An agent or a bot works on a reply."""

    chat: Chat
    thread: Thread
    audience: Audience
    author_id: str
    sender_id: str  # the agent whose connections do not get it
    texts: dict[str, str]  # title, description and custom_id, if given


class SneakPeek(NamedTuple):
    """A customer is typing this text."""

    chat: Chat
    thread: Thread
    audience: Audience
    author_id: str
    text: str


class CustomerCreated(NamedTuple):
    """A customer was created."""

    customer: Customer


class CustomerUpdated(NamedTuple):
    """Data of a customer changed."""

    customer: Customer
    changed: tuple[str, ...]  # the members of the profile


class CustomerBanned(NamedTuple):
    """A customer was banned."""

    customer: Customer
    days: int


class VisitStarted(NamedTuple):
    """A customer came to the website."""

    customer: Customer
    visit: Visit


class PageOpened(NamedTuple):
    """A customer opened a page of the website."""

    customer: Customer
    visit: Visit
    page: Page
    referrer: str


class VisitEnded(NamedTuple):
    """A customer left the website."""

    customer: Customer
    visit: Visit


class RoutingStatusSet(NamedTuple):
    """The routing status of an agent or a bot changed."""

    agent: Agent
    status: str
    to_requester: bool = True  # whatever the requester's scopes are


class GroupStatusSet(NamedTuple):
    """The routing status of a group changed: the best one of its agents."""

    group_id: int
    status: str


class MulticastSent(NamedTuple):
    """A message outside of chats was sent to agents."""

    content: Any
    author_id: str
    type: str | None
    agent_ids: frozenset[str]


class QueueMoved(NamedTuple):
    """Chats that wait for an agent have other positions now."""

    chats: tuple[Chat, ...]


class SummarySet(NamedTuple):
    """A summary of a thread was made."""

    chat: Chat
    thread: Thread
    audience: Audience
    summary: Summary
    connection_id: int  # the requester's


class SummaryFailed(NamedTuple):
    """A summary of a thread could not be made."""

    chat: Chat
    thread: Thread
    connection_id: int  # the requester's


class SubscriptionTotals(NamedTuple):
    """More customers match a subscription than its limit."""

    connection_id: int
    totals: dict[str, int]  # by ID of the subscription


Fact = (
    ThreadOpened
    | ChatFollowed
    | ChatUnfollowed
    | ThreadClosed
    | AccessChanged
    | ChatTransferred
    | UserAdded
    | UserRemoved
    | EventAdded
    | EventUpdated
    | PostbackSent
    | PropertiesUpdated
    | PropertiesDeleted
    | ThreadTagged
    | ThreadUntagged
    | MarkedAsSeen
    | Typing
    | Thinking
    | SneakPeek
    | CustomerCreated
    | CustomerUpdated
    | CustomerBanned
    | VisitStarted
    | PageOpened
    | VisitEnded
    | RoutingStatusSet
    | GroupStatusSet
    | MulticastSent
    | QueueMoved
    | SummarySet
    | SummaryFailed
    | SubscriptionTotals
)
