"""Filling a license with the sample data."""

from support.license_client import CHAT, CLOSED_CHAT, CUSTOMER, THREAD, LicenseClient

from rtmcli.sandbox.domain import seed_data
from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.v3_0 import DIALECT

NOW = 1_600_000_000.0


def make_license(random_seed: int | None = None) -> License:
    """Create a license at a fixed time."""
    return License(random_seed, lambda: NOW)


def test_the_sample_data_does_not_depend_on_the_seed() -> None:
    """IDs and texts are the same for every random seed."""
    one, other = make_license(1), make_license(None)

    for action in ("get_customers", "get_archives"):
        assert LicenseClient(one).call(action) == LicenseClient(other).call(action)


def test_tokens_can_be_predicted_only_from_a_seed() -> None:
    """T125: without a seed, each license has random tokens."""
    tokens = [make_license(seed).tokens[0].token for seed in (1, 1, 2, None, None)]

    assert tokens[0] == tokens[1]
    assert len(set(tokens)) == 4


def test_each_agent_except_bots_has_a_token() -> None:
    """Each agent has its own token; bots act through agents."""
    tokens = make_license().tokens

    assert [each.agent_id for each in tokens] == [
        each.id for each in seed_data.AGENTS if not each.is_bot
    ]
    assert len({each.token for each in tokens}) == len(tokens)


def test_times_are_consistent() -> None:
    """No time is in the future; customers are created before they chat; events are in order."""
    state = make_license().state
    for chat in state.chats.values():
        times = [event.created for thread in chat.threads for event in thread.events]
        assert times == sorted(times)
        assert times[-1] <= NOW * 1_000_000
        customer = state.customers[chat.customer_id]
        assert customer.created <= customer.customer_last_event
    created = [each.created for each in state.customers.values()]
    assert created == sorted(created)
    visits = [each.visit.started for each in state.customers.values() if each.visit]
    assert max(visits) < NOW * 1_000_000 + 1


def test_events_are_numbered_and_closed_threads_end_with_a_message() -> None:
    """Events are numbered from 1; a closed thread ends with a system message."""
    client = LicenseClient(make_license())
    active, closed = client.fetch_thread(), client.fetch_thread(CLOSED_CHAT, "D2F4G6H8J0")

    assert [each["order"] for each in active["events"]] == [1, 2, 3, 4]
    assert active["events"][2]["id"] == f"{THREAD}_3"
    assert closed["events"][-1]["system_message_type"] == "manual_archived_agent"
    assert (active["active"], closed["active"]) == (True, False)


def test_statistics_match_the_data() -> None:
    """A customer's statistics count its chats and threads."""
    state = make_license().state
    for customer in state.customers.values():
        statistics = customer.statistics
        chat = state.chats.get(customer.chat_id)
        assert statistics["chats_count"] == (1 if chat else 0)
        assert statistics["threads_count"] == (len(chat.threads) if chat else 0)
        assert statistics["visits_count"] >= 1


def test_online_customers_have_a_visit() -> None:
    """Online customers have a current visit; all have a last visit with a location."""
    state = make_license().state

    assert CUSTOMER in state.visits
    for row, customer in zip(seed_data.CUSTOMERS, state.customers.values(), strict=True):
        assert (customer.id in state.visits) is row.is_online
        assert customer.visit
        assert customer.visit.geolocation["city"]


def test_the_scopes_of_the_first_agent_can_be_set() -> None:
    """The scopes replace those of the role, for the first agent only."""
    license_ = License(role="normal", scopes=["customers:ro"])
    tokens = DIALECT.list_tokens(license_)

    assert tokens[0]["scopes"] == ["customers:ro"]
    assert all(len(each["scopes"]) > 1 for each in tokens[1:])
    assert tokens[0]["permission"] == "normal"


def test_the_sample_chat_matches_the_reference() -> None:
    """The chat of the examples has the thread, events and rating that they use."""
    client = LicenseClient(make_license())
    ids = [each["id"] for each in client.fetch_thread(CHAT, THREAD)["events"]]

    assert ids[:2] == ["2_EW2WQSA8", "a0c22fdd-fb71-40b5-bfc6-a8a0bc3117f7"]
    assert client.fetch_chat()["properties"]["rating"]["score"] == {"value": 1}
