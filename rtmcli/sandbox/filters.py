"""The filters of customers and of archives."""

import operator
from collections.abc import Callable, Iterator
from typing import Any

from rtmcli.sandbox import clock, properties
from rtmcli.sandbox.model import Chat, Customer, Thread
from rtmcli.sandbox.state import State, refuse

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "lte": operator.le,
    "lt": operator.lt,
    "gte": operator.ge,
    "gt": operator.gt,
    "eq": operator.eq,
}
_CHOICES = ("values", "exclude_values")
# Where a filter finds the fact that it is about.
_TEXTS: dict[str, tuple[str, ...]] = {
    "country": ("last_visit", "geolocation", "country"),
    "email": ("email",),
    "name": ("name",),
    "customer_id": ("id",),
}
_COUNTS = ("chats_count", "threads_count", "visits_count")
_MOMENTS = ("created_at", "agent_last_event_created_at", "customer_last_event_created_at")

Test = Callable[[Customer], bool]


def _fact(customer: Customer, path: tuple[str, ...]) -> Any:
    found: Any = customer.facts
    for part in path:
        found = found.get(part)
        if found is None:
            return None
    return found


def _moment(text: str) -> float:
    try:
        return clock.moment(text)
    except ValueError:
        refuse(f"{text} is no date and time")


def _text_test(path: tuple[str, ...], wanted: dict[str, Any]) -> Test:
    kind, texts = next(iter(wanted.items()))
    among = frozenset(texts)
    return lambda customer: (_fact(customer, path) in among) is (kind == "values")


def _range_test(read: Callable[[Customer], Any], bounds: list[tuple[str, Any]]) -> Test:
    tests = [(_COMPARISONS[name], bound) for name, bound in bounds]

    def passes(customer: Customer) -> bool:
        value = read(customer)
        return value is not None and all(holds(value, bound) for holds, bound in tests)

    return passes


def of_customers(filters: dict[str, Any]) -> list[Test]:
    """Make the tests that a customer must pass; operators that nobody knows are passed over."""
    return [test for name, given in filters.items() for test in _customer_tests(name, given)]


def _customer_tests(name: str, given: dict[str, Any]) -> Iterator[Test]:
    if name in _TEXTS:
        choice = {each: texts for each, texts in given.items() if each in _CHOICES}
        if choice:
            yield _text_test(_TEXTS[name], choice)
    bounds = [(each, bound) for each, bound in given.items() if each in _COMPARISONS]
    if bounds and name in _COUNTS:
        yield _range_test(_counter(name), bounds)
    elif bounds and name in _MOMENTS:
        yield _range_test(_dater(name), [(each, _moment(text)) for each, text in bounds])


def _counter(name: str) -> Callable[[Customer], int]:
    return lambda customer: int(customer.facts.get("statistics", {}).get(name, 0))


def _dater(name: str) -> Callable[[Customer], float | None]:
    def read(customer: Customer) -> float | None:
        text = customer.facts.get(name)
        return None if text is None else clock.moment(text)

    return read


def of_archives(state: State, filters: dict[str, Any]) -> list[Callable[[Chat, Thread], bool]]:
    """Make the tests that a thread must pass to be found in the archives."""
    tests: list[Callable[[Chat, Thread], bool]] = []
    if "query" in filters:
        query = filters["query"].casefold()
        tests.append(lambda chat, thread: query in _text(state, chat, thread))
    if "date_from" in filters:
        first = _moment(filters["date_from"])
        tests.append(lambda _, thread: thread.timestamp >= first)
    if "date_to" in filters:
        end = _moment(filters["date_to"]) + 86_400  # that day is still in
        tests.append(lambda _, thread: thread.timestamp < end)
    if "agent_ids" in filters:
        agents = frozenset(filters["agent_ids"])
        tests.append(lambda _, thread: not agents.isdisjoint(thread.user_ids))
    if "group_ids" in filters:
        groups = frozenset(filters["group_ids"])
        tests.append(lambda _, thread: not groups.isdisjoint(thread.access.groups))
    if "properties" in filters:
        wanted = filters["properties"]
        properties.check_filters(wanted)
        tests.append(lambda _, thread: properties.match(thread.properties, wanted))
    return tests


def _text(state: State, chat: Chat, thread: Thread) -> str:
    """Gather what a query looks through: the texts of a thread and the customer's names."""
    customer = state.customers.get(chat.customer_id)
    facts = customer.facts if customer else {}
    texts = [event.get("text", "") for event in thread.events]
    return "\n".join([*texts, facts.get("name", ""), facts.get("email", "")]).casefold()
