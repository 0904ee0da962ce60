"""The help of a method: laws over all rows, and single cases."""

import pytest

from rtmcli.catalogue.model import Method, Retry
from rtmcli.catalogue.v3_0 import API
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
    """Return the notes of one parameter."""
    method = METHODS[action]
    [param] = [param for param in method.params if param.path == path]
    return list(param_notes(method, param))


@every_method
def test_an_example_is_short(method: Method) -> None:
    """The required parameters, or up to three."""
    required = [param for param in method.params if param.required]
    assert len(list(example_flags(API, method))) <= max(3, len(required))


@every_method
def test_every_method_has_four_facts(method: Method) -> None:
    """Response, scopes, push and retry class; a list has columns and a page size, too."""
    facts = {fact.term: fact.text for fact in method_facts(method)}
    columns = ["Columns"] if method.columns else []
    pages = ["Pages"] if method.pagination else []
    assert [*facts] == ["Response", *columns, "Scopes", "Push", *pages, "Retry"]
    if method.pagination:
        size = f"--all requests {method.pagination.max_limit} items at once; "
        assert facts["Pages"].startswith(size)


def test_every_retry_class_is_explained() -> None:
    """Each class of the catalogue has a description."""
    assert set(RETRY_DESCRIPTIONS) == set(Retry)


@pytest.mark.parametrize(
    ("action", "path", "notes"),
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
def test_notes_are_the_constraints_of_a_value(action: str, path: str, notes: list[str]) -> None:
    """Required, format, range, default; an object does not repeat the notes of its members."""
    assert notes_of(action, path) == notes


def test_similar_filters_share_a_line() -> None:
    """The operators of a field are in braces, as shells expand them."""
    terms = [entry.term for entry in param_entries(API, METHODS["get_customers"])]
    assert "--filters-country-{values,exclude-values} TEXT" in terms
    assert "--filters-created-at-{lte,lt,gte,gt,eq} TIME" in terms
    assert len(terms) < 30


def test_examples_use_the_short_flag() -> None:
    """`--text` implies the event type, so the example leaves it out."""
    pieces = list(example_flags(API, METHODS["send_event"]))
    assert "--text 'hello world'" in pieces
    assert not any("--event-type" in piece for piece in pieces)


def test_examples_avoid_optional_secrets() -> None:
    """Arguments are visible to other users."""
    assert not any("firebase" in piece for piece in example_flags(API, METHODS["login"]))


def test_conditional_scopes_are_described() -> None:
    """chat.users requires more scopes."""
    assert describe_scopes(METHODS["ban_customer"]) == "customers.ban:rw"
    assert describe_scopes(METHODS["logout"]) == "none"
    assert "; with chat.users: any of " in describe_scopes(METHODS["start_chat"])


def test_a_push_is_described_with_its_condition() -> None:
    """And with its alternative."""
    assert describe_push(METHODS["logout"]) == "none"
    assert describe_push(METHODS["ban_customer"]) == "customer_banned (--wait waits for it)"
    assert describe_push(METHODS["send_event"]).startswith("incoming_event or incoming_chat_thread")
    assert "if the chat has an active thread" in describe_push(METHODS["close_thread"])


def test_the_entries_replace_the_own_options() -> None:
    """Parameters are not listed twice."""
    assert method_help_text(API, METHODS["ban_customer"]).replaces_own_options
