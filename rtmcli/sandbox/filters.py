"""Filters of get_customers and get_archives."""

import operator
from collections.abc import Callable, Iterator
from typing import Any

from rtmcli.sandbox import properties, timestamps
from rtmcli.sandbox.model import Chat, Customer, Thread
from rtmcli.sandbox.state import State, reject

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
_DATE_FILTERS = ("created_at", "agent_last_event_created_at", "customer_last_event_created_at")

CustomerPredicate = Callable[[Customer], bool]


def _get_field(customer: Customer, path: tuple[str, ...]) -> Any:
    value: Any = customer.data
    for key in path:
        value = value.get(key)
        if value is None:
            return None
    return value


def _parse_date(text: str) -> float:
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
    elif bounds and name in _DATE_FILTERS:
        yield _range_predicate(
            _date_getter(name), [(each, _parse_date(text)) for each, text in bounds]
        )


def _count_getter(name: str) -> Callable[[Customer], int]:
    return lambda customer: int(customer.data.get("statistics", {}).get(name, 0))


def _date_getter(name: str) -> Callable[[Customer], float | None]:
    def get_date(customer: Customer) -> float | None:
        text = customer.data.get(name)
        return None if text is None else timestamps.parse_datetime(text)

    return get_date


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
        predicates.append(lambda _, thread: thread.timestamp >= start)
    if "date_to" in filters:
        end = _parse_date(filters["date_to"]) + 86_400  # the day is included
        predicates.append(lambda _, thread: thread.timestamp < end)
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
    customer_data = customer.data if customer else {}
    texts = [event.get("text", "") for event in thread.events]
    return "\n".join(
        [*texts, customer_data.get("name", ""), customer_data.get("email", "")]
    ).casefold()
