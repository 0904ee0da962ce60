"""What the help of a method says: laws over the rows, and what single rows become."""

import pytest

from rtmcli.catalogue import API
from rtmcli.catalogue.model import Method, Retry
from rtmcli.cli.help.method import (
    RETRY_DESCRIPTIONS,
    describe_push,
    describe_scopes,
    example_flags,
    method_facts,
    method_help_text,
    param_entries,
    param_notes,
)

METHODS = API.methods
every_method = pytest.mark.parametrize("method", METHODS.values(), ids=list(METHODS))


def notes_of(action: str, path: str) -> list[str]:
    """Return the labels of one parameter."""
    method = METHODS[action]
    [param] = [param for param in method.params if param.path == path]
    return list(param_notes(method, param))


@every_method
def test_an_example_is_short(method: Method) -> None:
    """What is required, and no more than is needed to see how flags are given."""
    required = [param for param in method.params if param.required]
    assert len(list(example_flags(method))) <= max(3, len(required))


@every_method
def test_every_page_has_the_four_facts(method: Method) -> None:
    """Answer, scopes, push and retry class, in this order."""
    assert [fact.term for fact in method_facts(method)] == ["Response", "Scopes", "Push", "Retry"]


def test_every_retry_class_is_explained() -> None:
    """A class of the catalogue without words would be no help."""
    assert set(RETRY_DESCRIPTIONS) == set(Retry)


@pytest.mark.parametrize(
    ("action", "path", "said"),
    [
        ("ban_customer", "ban.days", ["required", "at least 1"]),
        ("ban_customer", "ban", []),
        ("multicast", "scopes", ["required, as JSON or by the flags below"]),
        ("transfer_chat", "target.type", ["required with target"]),
        ("get_archives", "pagination.page", ["1 to 1000", "default: 1"]),
        ("get_archives", "filters.date_from", ["YYYY-MM-DD"]),
        ("get_customers", "limit", ["at most 100", "default: 10"]),
        ("send_event", "event.text", []),
    ],
)
def test_labels_say_what_holds_for_a_value(action: str, path: str, said: list[str]) -> None:
    """Need, layout, range, default; what the leaves say is not said of their object."""
    assert notes_of(action, path) == said


def test_filters_that_are_alike_share_lines() -> None:
    """The operators of a field stand in braces, as a shell would take them."""
    terms = [entry.term for entry in param_entries(METHODS["get_customers"])]
    assert "--filters-country-{values,exclude-values} TEXT" in terms
    assert "--filters-created-at-{lte,lt,gte,gt,eq} TIME" in terms
    assert len(terms) < 30


def test_a_short_flag_is_used_where_it_brings_along_the_rest() -> None:
    """`--text` makes a message, so the example does not name the type."""
    pieces = list(example_flags(METHODS["send_event"]))
    assert "--text 'hello world'" in pieces
    assert not any("--event-type" in piece for piece in pieces)


def test_an_example_shows_no_secret_that_is_not_needed() -> None:
    """A token in the arguments is public."""
    assert not any("firebase" in piece for piece in example_flags(METHODS["login"]))


def test_scopes_depend_on_the_payload_where_they_do() -> None:
    """What else is needed with chat.users is said."""
    assert describe_scopes(METHODS["ban_customer"]) == "customers.ban:rw"
    assert describe_scopes(METHODS["logout"]) == "none"
    assert "; with chat.users: any of " in describe_scopes(METHODS["start_chat"])


def test_a_push_comes_with_its_condition() -> None:
    """And with the one that comes in its place."""
    assert describe_push(METHODS["logout"]) == "none"
    assert describe_push(METHODS["ban_customer"]) == "customer_banned (--wait waits for it)"
    assert describe_push(METHODS["send_event"]).startswith("incoming_event or incoming_chat_thread")
    assert "if the chat has an active thread" in describe_push(METHODS["close_thread"])


def test_a_guide_stands_for_the_parameters() -> None:
    """The rows of the method itself are not listed a second time."""
    assert method_help_text(METHODS["ban_customer"]).replaces_own_options
