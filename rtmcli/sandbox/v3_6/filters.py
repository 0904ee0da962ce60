"""The filters of list_archives: each is a predicate of a chat and one of its threads."""

from collections.abc import Callable, Collection, Iterator
from typing import Any

from rtmcli.sandbox.domain import properties, timestamps
from rtmcli.sandbox.domain.errors import reject
from rtmcli.sandbox.domain.model import Chat, Customer, Event, Profile, Thread
from rtmcli.sandbox.domain.properties import matches, merge
from rtmcli.sandbox.domain.state import State
from rtmcli.sandbox.v3_6.events import is_shown

Predicate = Callable[[Chat, Thread], bool]
_GREETING_PROPERTY = ("lc2", "greeting_id")


def parse_time(text: str) -> int:
    """Return a time; reject one that does not exist."""
    try:
        return timestamps.parse_datetime(text)
    except ValueError:
        reject(f"{text} is not a valid date and time")


def validate_property_filters(filters: dict[str, Any]) -> None:
    """Reject filters on properties that are not defined."""
    properties.validate_filters(filters)


def archive_predicates(state: State, filters: dict[str, Any]) -> list[Predicate]:
    """Build the predicates that a thread must satisfy; all must hold."""
    return [
        predicate
        for name, operand in filters.items()
        if name in _BUILDERS
        for predicate in _BUILDERS[name](state, operand)
    ]


def _query(state: State, text: str) -> Iterator[Predicate]:
    query = text.casefold()
    yield lambda chat, thread: query in _searchable_text(state, chat, thread)


def _searchable_text(state: State, chat: Chat, thread: Thread) -> str:
    """Join the texts a query searches: the thread's events, the customer's name and email."""
    customer = state.customers.get(chat.customer_id)
    profile = customer.profile if customer else Profile()
    texts = [event.fields.get("text", "") for event in thread.events if is_shown(event)]
    return "\n".join([*texts, profile.name or "", profile.email or ""]).casefold()


def _from(_: State, text: str) -> Iterator[Predicate]:
    start = parse_time(text)
    yield lambda _, thread: thread.created >= start


def _to(_: State, text: str) -> Iterator[Predicate]:
    end = parse_time(text)
    yield lambda _, thread: thread.created <= end


def _chat_ids(_: State, ids: list[str]) -> Iterator[Predicate]:
    wanted = frozenset(ids)
    yield lambda chat, _: chat.id in wanted


def _thread_ids(_: State, ids: list[str]) -> Iterator[Predicate]:
    wanted = frozenset(ids)
    yield lambda _, thread: thread.id in wanted


def _group_ids(_: State, ids: list[int]) -> Iterator[Predicate]:
    wanted = frozenset(ids)
    yield lambda _, thread: not wanted.isdisjoint(thread.access.group_ids)


def _properties(_: State, filters: dict[str, Any]) -> Iterator[Predicate]:
    validate_property_filters(filters)
    yield (
        lambda chat, thread: (
            matches(merge(chat.properties, thread.properties), filters)
            or matches(chat.properties, filters)
        )
    )


def _general(
    get_values: Callable[[State, Chat, Thread], Collection[Any]],
) -> Callable[[State, dict[str, Any]], Iterator[Predicate]]:
    """Return a builder for `{exists | values | exclude_values, require_every_value}`."""

    def build(state: State, conditions: dict[str, Any]) -> Iterator[Predicate]:
        yield lambda chat, thread: _matches_general(get_values(state, chat, thread), conditions)

    return build


def _matches_general(present: Collection[Any], conditions: dict[str, Any]) -> bool:
    if "exists" in conditions and bool(present) is not conditions["exists"]:
        return False
    combine = all if conditions.get("require_every_value") else any
    if "values" in conditions and not combine(each in present for each in conditions["values"]):
        return False
    if "exclude_values" not in conditions:
        return True
    excluded = conditions["exclude_values"]
    return not (excluded and combine(each in present for each in excluded))


def _agents(state: State, _: Chat, thread: Thread) -> list[str]:
    return [each for each in thread.user_ids if each in state.agents]


def _countries(state: State, chat: Chat, thread: Thread) -> list[str]:
    customer = state.customers.get(chat.customer_id)
    visit = thread.visit or (customer.visit if customer else None)
    return [visit.geolocation["country_code"]] if visit else []


def _customer_of(state: State, chat: Chat) -> Customer | None:
    return state.customers.get(chat.customer_id)


def _customer_id(_: State, customer_id: str) -> Iterator[Predicate]:
    yield lambda chat, _: chat.customer_id == customer_id


def _customer_email(state: State, email: str) -> Iterator[Predicate]:
    def has_email(chat: Chat, _: Thread) -> bool:
        customer = _customer_of(state, chat)
        return customer is not None and customer.profile.email == email

    yield has_email


def _agent_types(state: State, conditions: dict[str, list[str]]) -> Iterator[Predicate]:
    def has_types(chat: Chat, thread: Thread) -> bool:
        types = {
            "chatbot" if state.agents[each].is_bot else "human"
            for each in _agents(state, chat, thread)
        }
        return (
            types.issuperset(conditions.get("all_values", ()))
            and ("any_values" not in conditions or not types.isdisjoint(conditions["any_values"]))
            and types.isdisjoint(conditions.get("exclude_values", ()))
        )

    yield has_types


def _agent_response(state: State, conditions: dict[str, Any]) -> Iterator[Predicate]:
    """Match the messages of agents; with `first` only the first one of a thread."""

    def has_response(_: Chat, thread: Thread) -> bool:
        responses = [each for each in thread.events if _is_response(state, each)]
        if "exists" in conditions and bool(responses) is not conditions["exists"]:
            return False
        authors = [each.author_id for each in responses]
        if conditions.get("first"):
            authors = authors[:1]
        groups = {group for each in authors for group in state.agents[each].group_ids}
        return _matches_general(authors, conditions.get("agents", {})) and _matches_general(
            groups, conditions.get("groups", {})
        )

    yield has_response


def _is_response(state: State, event: Event) -> bool:
    return event.author_id in state.agents and event.type in ("message", "rich_message", "file")


def _greetings(_: State, conditions: dict[str, Any]) -> Iterator[Predicate]:
    """Match the greeting from which a thread started; no greeting has a group or a time."""

    def has_greeting(_: Chat, thread: Thread) -> bool:
        greeting = properties.get_value(thread.properties, *_GREETING_PROPERTY)
        greetings = [] if greeting is None else [greeting]
        return _matches_general(greetings, conditions) and _matches_general(
            (), conditions.get("groups", {})
        )

    yield has_greeting


def _forms(_: State, conditions: list[dict[str, Any]]) -> Iterator[Predicate]:
    """Match the answers of filled forms; each condition must hold."""

    def has_forms(_: Chat, thread: Thread) -> bool:
        forms = [event for event in thread.events if event.type == "filled_form"]
        return all(_matches_form(forms, each) for each in conditions)

    yield has_forms


_FORM_TYPES = {"pre_chat": "prechat", "post_chat": "postchat"}


def _matches_form(forms: list[Event], condition: dict[str, Any]) -> bool:
    wanted_type = _FORM_TYPES.get(condition.get("type", ""))
    start, end = (
        parse_time(condition[name]) if name in condition else default
        for name, default in (("from", 0), ("to", 2**63))
    )
    matching = [
        each
        for each in forms
        if wanted_type in (None, each.fields.get("form_type", "prechat"))
        and start <= each.created <= end
    ]
    if "exists" in condition and bool(matching) is not condition["exists"]:
        return False
    answers = {answer for each in matching for answer in _answer_ids(each)}
    if "answer_id" in condition and condition["answer_id"] not in answers:
        return False
    needs_form = bool(condition.keys() & {"type", "from", "to"}) and "exists" not in condition
    return (bool(matching) or not needs_form) and _matches_general(answers, condition)


def _answer_ids(event: Event) -> Iterator[str]:
    for field in event.fields.get("fields", ()):
        answers = [field.get("answer"), *(field.get("answers") or ())]
        yield from (str(each["id"]) for each in answers if isinstance(each, dict) and "id" in each)


_BUILDERS: dict[str, Callable[[State, Any], Iterator[Predicate]]] = {
    "query": _query,
    "from": _from,
    "to": _to,
    "chat_ids": _chat_ids,
    "thread_ids": _thread_ids,
    "group_ids": _group_ids,
    "properties": _properties,
    "agents": _general(_agents),
    "tags": _general(lambda _, __, thread: thread.tags),
    "sales": _general(lambda *_: ()),  # the sample data has none
    "goals": _general(lambda *_: ()),
    "customer_countries": _general(_countries),
    "event_types": _general(
        lambda _, __, thread: {each.type for each in thread.events if is_shown(each)}
    ),
    "forms": _forms,
    "greetings": _greetings,
    "agent_response": _agent_response,
    "agent_types": _agent_types,
    "customer_id": _customer_id,
    "customer_email": _customer_email,
}
