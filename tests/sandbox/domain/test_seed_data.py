"""The sample data."""

from collections import Counter

from rtmcli.catalogue.v3_0 import API
from rtmcli.sandbox.domain import seed_chats, seed_data
from rtmcli.sandbox.domain.properties import NAMESPACES


def test_the_sample_data_has_enough_variety() -> None:
    """At least 20 customers from 5 countries, 8 chats, open and closed threads, all event types."""
    threads = [thread for chat in seed_chats.CHATS for thread in chat.threads]

    assert len(seed_data.CUSTOMERS) >= 20
    assert len({seed_data.LOCATIONS[each.location].country for each in seed_data.CUSTOMERS}) >= 5
    assert len(seed_chats.CHATS) >= 8
    assert {each.active for each in threads} == {True, False}
    event_types = {event.fields["type"] for thread in threads for event in thread.events}
    assert event_types == {"message", "rich_message", "file", "filled_form", "custom", "annotation"}


def test_references_between_the_data_are_valid() -> None:
    """IDs are unique; referenced agents, groups, customers and properties exist."""
    agents = {each.id for each in seed_data.AGENTS}
    emails = Counter(each.email for each in seed_data.CUSTOMERS)
    chats = Counter(each.customer_email for each in seed_chats.CHATS)
    threads = Counter(thread.id for chat in seed_chats.CHATS for thread in chat.threads)

    assert {*emails.values()} == {*chats.values()} == {*threads.values()} == {1}
    assert chats.keys() <= emails.keys()
    for chat in seed_chats.CHATS:
        assert set(chat.agent_ids) <= agents
        assert set(chat.group_ids) <= {0, *seed_data.GROUPS}
        for namespace, names in chat.properties.items():
            assert names.keys() <= NAMESPACES[namespace].keys()
        assert not any(thread.active for thread in chat.threads[:-1])


def test_the_ids_of_the_examples_exist() -> None:
    """The IDs in the examples of the reference exist in the sample data."""
    data = repr((seed_data.AGENTS, seed_data.CUSTOMERS, seed_chats.CHATS, seed_data.GROUPS))
    for method in API.methods.values():
        for name in ("chat_id", "thread_id", "event_id", "customer_id", "user_id"):
            if name in method.example:
                assert method.example[name] in data, method.action
