"""Filters of get_customers and get_archives."""

import operator
from collections.abc import Callable, Iterator
from typing import Any

from rtmcli.sandbox.domain import properties, timestamps
from rtmcli.sandbox.domain.errors import reject
from rtmcli.sandbox.domain.model import Chat, Customer, Profile, Thread
from rtmcli.sandbox.domain.state import State
from rtmcli.sandbox.v3_0.events import is_shown
from rtmcli.sandbox.v3_0.views import render_customer

_RANGE_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "lte": operator.le,
    "lt": operator.lt,
    "gte": operator.ge,
    "gt": operator.gt,
    "eq": operator.eq,
}
_SET_OPERATORS = ("values", "exclude_values")
# The path of the customer's field that a filter compares.
_TEXT_FILTER_PATHS: dict[str, tuple[str, ...]] = {
    "country": ("last_visit", "geolocation", "country"),
    "email": ("email",),
    "name": ("name",),
    "customer_id": ("id",),
}
_COUNT_FILTERS = ("chats_count", "threads_count", "visits_count")

CustomerPredicate = Callable[[Customer], bool]


def _get_field(customer: Customer, path: tuple[str, ...]) -> Any:
    value: Any = render_customer(customer)
    for key in path:
        value = value.get(key)
        if value is None:
            return None
    return value


def _parse_date(text: str) -> int:
    try:
        return timestamps.parse_datetime(text)
    except ValueError:
        reject(f"{text} is not a valid date and time")


def _text_predicate(path: tuple[str, ...], condition: dict[str, Any]) -> CustomerPredicate:
    operator_name, values = next(iter(condition.items()))
    allowed = frozenset(values)
    return lambda customer: (_get_field(customer, path) in allowed) is (operator_name == "values")


def _range_predicate(
    get_value: Callable[[Customer], Any], bounds: list[tuple[str, Any]]
) -> CustomerPredicate:
    comparisons = [(_RANGE_OPERATORS[name], bound) for name, bound in bounds]

    def predicate(customer: Customer) -> bool:
        value = get_value(customer)
        return value is not None and all(compare(value, bound) for compare, bound in comparisons)

    return predicate


def customer_predicates(filters: dict[str, Any]) -> list[CustomerPredicate]:
    """Build the predicates that a customer must satisfy; unknown operators are ignored."""
    return [
        predicate
        for name, operators in filters.items()
        for predicate in _predicates_for_filter(name, operators)
    ]


def _predicates_for_filter(name: str, operators: dict[str, Any]) -> Iterator[CustomerPredicate]:
    if name in _TEXT_FILTER_PATHS:
        set_operators = {each: texts for each, texts in operators.items() if each in _SET_OPERATORS}
        if set_operators:
            yield _text_predicate(_TEXT_FILTER_PATHS[name], set_operators)
    bounds = [(each, bound) for each, bound in operators.items() if each in _RANGE_OPERATORS]
    if bounds and name in _COUNT_FILTERS:
        yield _range_predicate(_count_getter(name), bounds)
    elif bounds and name in _DATES:
        yield _range_predicate(
            _date_getter(name), [(each, _parse_date(text)) for each, text in bounds]
        )


def _count_getter(name: str) -> Callable[[Customer], int]:
    return lambda customer: customer.statistics.get(name, 0)


_DATES: dict[str, Callable[[Customer], int]] = {
    "created_at": lambda customer: customer.created,
    "agent_last_event_created_at": lambda customer: customer.agent_last_event,
    "customer_last_event_created_at": lambda customer: customer.customer_last_event,
}


def _date_getter(name: str) -> Callable[[Customer], int | None]:
    return lambda customer: _DATES[name](customer) or None


def archive_predicates(
    state: State, filters: dict[str, Any]
) -> list[Callable[[Chat, Thread], bool]]:
    """Build the predicates that a thread must satisfy to be listed in the archives."""
    predicates: list[Callable[[Chat, Thread], bool]] = []
    if "query" in filters:
        query = filters["query"].casefold()
        predicates.append(lambda chat, thread: query in _searchable_text(state, chat, thread))
    if "date_from" in filters:
        start = _parse_date(filters["date_from"])
        predicates.append(lambda _, thread: thread.created >= start)
    if "date_to" in filters:
        end = (
            _parse_date(filters["date_to"]) + 86_400 * timestamps.MICROSECONDS
        )  # the day is included
        predicates.append(lambda _, thread: thread.created < end)
    if "agent_ids" in filters:
        agents = frozenset(filters["agent_ids"])
        predicates.append(lambda _, thread: not agents.isdisjoint(thread.user_ids))
    if "group_ids" in filters:
        groups = frozenset(filters["group_ids"])
        predicates.append(lambda _, thread: not groups.isdisjoint(thread.access.group_ids))
    if "properties" in filters:
        property_filters = filters["properties"]
        properties.validate_filters(property_filters)
        predicates.append(lambda _, thread: properties.matches(thread.properties, property_filters))
    return predicates


def _searchable_text(state: State, chat: Chat, thread: Thread) -> str:
    """Join the texts a query searches: the thread's events, the customer's name and email."""
    customer = state.customers.get(chat.customer_id)
    profile = customer.profile if customer else Profile()
    texts = [event.fields.get("text", "") for event in thread.events if is_shown(event)]
    return "\n".join([*texts, profile.name or "", profile.email or ""]).casefold()
