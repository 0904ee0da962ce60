"""The laws of reconnecting, for every run of chance and every kind of outage."""

import random
from collections import Counter
from itertools import cycle, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.protocol.reconnection import Gap, ReconnectPolicy, ReconnectScheduler
from rtmcli.protocol.retry_policy import Backoff

STABLE_SESSION = 3600.0
TEN_MINUTES = 600.0

random_sources = st.one_of(
    st.integers(0, 2**32).map(lambda seed: random.Random(seed).random),
    st.sampled_from([0.0, 0.5, 0.999999]).map(lambda always: lambda: always),
)
attempt_durations = st.lists(
    st.floats(0.0, 20.0), min_size=1, max_size=20
)  # seconds an attempt takes


class SimulatedClient:
    """A client whose time passes only where it waits; `attempts` are the moments of its tries."""

    def __init__(self, generator: "random.Random | None" = None) -> None:
        self.scheduler = ReconnectScheduler(ReconnectPolicy())
        self.random_fraction = (generator or random.Random(0)).random
        self.attempts: list[float] = []
        self.now = 0.0

    def connect(self) -> None:
        """Try, with success."""
        self.start_attempt()
        self.scheduler.connected(self.now)

    def start_attempt(self) -> None:
        """Try."""
        self.attempts.append(self.now)
        self.scheduler.attempt_started(self.now)

    def wait_for_next_attempt(self, *, slowly: bool = False, min_delay: float = 0.0) -> None:
        """Wait for the next attempt."""
        self.now = self.scheduler.next_attempt(
            self.now, self.random_fraction, slowly=slowly, min_delay=min_delay
        )

    def advance(self, seconds: float) -> None:
        """Stay connected."""
        self.now += seconds


def disconnected_client(
    random_fraction: object, connected_for: float = STABLE_SESSION
) -> SimulatedClient:
    """Return a client that has been connected for so long and has just lost the connection."""
    client = SimulatedClient()
    client.random_fraction = random_fraction  # type: ignore[assignment]
    client.connect()
    client.advance(connected_for)
    client.wait_for_next_attempt()
    return client


def fail_until(client: SimulatedClient, end: float, durations: list[float]) -> None:
    """Let attempts fail, each after one of these lengths, while they begin before the end."""
    attempts = 0
    while client.now < end:
        client.start_attempt()
        client.advance(durations[attempts % len(durations)])
        client.wait_for_next_attempt()
        attempts += 1


@given(random_sources, attempt_durations)
def test_an_outage_of_ten_minutes_sees_at_most_60_attempts(
    chance: object, lengths: list[float]
) -> None:
    """T62: however the draws fall, the server is asked no more than 60 times."""
    client = disconnected_client(chance)
    fail_until(client, STABLE_SESSION + TEN_MINUTES, lengths)
    assert len([at for at in client.attempts if at >= STABLE_SESSION]) <= 60


@given(
    random_sources, st.lists(st.tuples(st.floats(0, 90), st.booleans(), st.booleans()), min_size=1)
)
def test_no_ten_minutes_see_more_than_60_attempts(
    chance: object, lives: list[tuple[float, bool, bool]]
) -> None:
    """Nor when sessions come about and are lost again, or the server asks for patience."""
    client = disconnected_client(chance)
    for length, opens, slowly in islice(cycle(lives), 200):
        client.start_attempt()
        if opens:
            client.scheduler.connected(client.now)
        client.advance(length)
        client.wait_for_next_attempt(slowly=slowly)
    for start in client.attempts:
        within = [at for at in client.attempts if start <= at < start + TEN_MINUTES]
        assert len(within) <= 60


@given(random_sources, attempt_durations, st.floats(1.0, TEN_MINUTES))
def test_the_client_is_back_within_30_seconds_of_the_recovery(
    chance: object, lengths: list[float], outage: float
) -> None:
    """T62: the first attempt after the server is back begins at most 30 s after that."""
    client = disconnected_client(chance)
    recovery = STABLE_SESSION + outage
    fail_until(client, recovery, lengths)
    assert client.now - max(recovery, STABLE_SESSION) <= 30.0


@given(random_sources, st.lists(st.floats(0, 90), min_size=2))
def test_two_logins_are_never_less_than_a_second_apart(chance: object, lives: list[float]) -> None:
    """Not even where each session is lost at once."""
    client = disconnected_client(chance)
    for length in lives:
        client.connect()
        client.advance(length)
        client.wait_for_next_attempt()
    pairs = zip(client.attempts, client.attempts[1:], strict=False)
    assert all(later - earlier >= 0.999999 for earlier, later in pairs)


@pytest.mark.parametrize("seed", range(20))
def test_a_hundred_clients_come_back_spread_out(seed: int) -> None:
    """T64: after a restart no second sees more than 20 of 100 clients' first tries."""
    chance = random.Random(seed).random
    firsts = [disconnected_client(chance).now - STABLE_SESSION for _ in range(100)]
    assert max(Counter(int(first) for first in firsts).values()) <= 20


def longest_delays(client: SimulatedClient, count: int) -> list[float]:
    """Return the pauses that failing attempts get where the draw is always the highest."""
    client.random_fraction = lambda: 1.0
    delays = []
    for _ in range(count):
        client.start_attempt()
        before = client.now
        client.wait_for_next_attempt()
        delays.append(client.now - before)
    return delays


def test_the_ceiling_doubles_from_half_a_second_to_30_seconds() -> None:
    """T62: the pauses of failing attempts, each at its highest; none is below a second."""
    assert longest_delays(SimulatedClient(), 9) == [1.0, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]


def test_a_short_session_does_not_reset_the_ceiling() -> None:
    """A session lost within 60 s counts like one more failure."""
    client = SimulatedClient()
    longest_delays(client, 4)
    client.connect()
    client.advance(59.0)
    client.wait_for_next_attempt()
    assert longest_delays(client, 1) == [16.0]


def test_a_healthy_minute_resets_the_ceiling() -> None:
    """After 60 s logged in, pauses begin anew; the loss itself counts as the first failure."""
    client = SimulatedClient()
    longest_delays(client, 6)
    client.connect()
    client.advance(60.0)
    client.wait_for_next_attempt()
    assert longest_delays(client, 1) == [1.0]


@given(random_sources)
def test_where_the_server_asks_for_patience_the_pause_is_ten_seconds_at_least(
    chance: object,
) -> None:
    """A longer backoff is longer than any first pause, and within the cap."""
    client = SimulatedClient()
    client.random_fraction = chance  # type: ignore[assignment]
    client.connect()
    before = client.now
    client.wait_for_next_attempt(slowly=True)
    assert 10.0 <= client.now - before <= 30.0


def test_an_overloaded_server_gets_at_least_the_pause_it_needs() -> None:
    """`least` counts from now, whatever the draw."""
    client = SimulatedClient()
    client.random_fraction = lambda: 0.0
    client.connect()
    client.advance(10.0)
    client.wait_for_next_attempt(min_delay=3.0)
    assert client.now == 13.0


def test_a_new_token_or_region_is_tried_a_second_after_the_last_login() -> None:
    """What is known to help needs no backoff, only the distance between two logins."""
    scheduler = ReconnectScheduler(ReconnectPolicy())
    scheduler.attempt_started(100.0)
    assert (scheduler.next_immediate(100.2), scheduler.next_immediate(107.0)) == (101.0, 107.0)


def test_scaled_timers_scale_the_rate_of_attempts() -> None:
    """A thousandth of the timers allows a thousand times the attempts."""
    scheduler = ReconnectScheduler(ReconnectPolicy(Backoff(0.0005, 0.03), 0.06, 0.001))
    now, attempts = 0.0, 0
    while now < 0.6:
        scheduler.attempt_started(now)
        now = scheduler.next_attempt(now, lambda: 0.0)
        attempts += 1
    assert attempts == 59


def test_a_gap_is_told_in_utc_with_its_reason() -> None:
    """Times are RFC 3339 to the millisecond; a count stands there only where it is known."""
    gap = Gap(0.0, 1_700_000_000.1234, "the connection was lost")
    assert gap.to_record() == {
        "type": "rtm.gap",
        "from": "1970-01-01T00:00:00.000Z",
        "to": "2023-11-14T22:13:20.123Z",
        "reason": "the connection was lost",
    }


def test_a_gap_of_known_size_has_its_count() -> None:
    """An overflow knows how many pushes it dropped."""
    assert Gap(0.0, 1.0, "overflow", 17).to_record()["count"] == 17
