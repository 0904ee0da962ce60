"""Backoff and reconnecting: the laws hold for all random draws and all kinds of outage."""

import random
from collections import Counter
from itertools import cycle, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.protocol.reconnection import Backoff, ReconnectPolicy, ReconnectScheduler

STABLE_SESSION = 3600.0
TEN_MINUTES = 600.0

random_sources = st.one_of(
    st.integers(0, 2**32).map(lambda seed: random.Random(seed).random),
    st.sampled_from([0.0, 0.5, 0.999999]).map(lambda always: lambda: always),
)
attempt_durations = st.lists(st.floats(0.0, 20.0), min_size=1, max_size=20)  # seconds


class SimulatedClient:
    """A client with a simulated clock; `attempts` are the times of its attempts."""

    def __init__(self, generator: "random.Random | None" = None) -> None:
        self.scheduler = ReconnectScheduler(ReconnectPolicy())
        self.random_fraction = (generator or random.Random(0)).random
        self.attempts: list[float] = []
        self.now = 0.0

    def connect(self) -> None:
        """Make a successful attempt."""
        self.start_attempt()
        self.scheduler.connected(self.now)

    def start_attempt(self) -> None:
        """Start an attempt."""
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
    """Return a client that was connected for so long and has just lost the connection."""
    client = SimulatedClient()
    client.random_fraction = random_fraction  # type: ignore[assignment]
    client.connect()
    client.advance(connected_for)
    client.wait_for_next_attempt()
    return client


def fail_until(client: SimulatedClient, end: float, durations: list[float]) -> None:
    """Let attempts fail, each after one of these durations, until the end."""
    attempts = 0
    while client.now < end:
        client.start_attempt()
        client.advance(durations[attempts % len(durations)])
        client.wait_for_next_attempt()
        attempts += 1


@given(random_sources, attempt_durations)
def test_an_outage_of_ten_minutes_has_at_most_60_attempts(
    random_fraction: object, durations: list[float]
) -> None:
    """T62: whatever the random draws, the server sees no more than 60."""
    client = disconnected_client(random_fraction)
    fail_until(client, STABLE_SESSION + TEN_MINUTES, durations)
    assert len([at for at in client.attempts if at >= STABLE_SESSION]) <= 60


@given(
    random_sources, st.lists(st.tuples(st.floats(0, 90), st.booleans(), st.booleans()), min_size=1)
)
def test_no_ten_minutes_have_more_than_60_attempts(
    random_fraction: object, sessions: list[tuple[float, bool, bool]]
) -> None:
    """Not even if some sessions are short, or the server asks for longer delays."""
    client = disconnected_client(random_fraction)
    for duration, connects, slowly in islice(cycle(sessions), 200):
        client.start_attempt()
        if connects:
            client.scheduler.connected(client.now)
        client.advance(duration)
        client.wait_for_next_attempt(slowly=slowly)
    for start in client.attempts:
        within = [at for at in client.attempts if start <= at < start + TEN_MINUTES]
        assert len(within) <= 60


@given(random_sources, attempt_durations, st.floats(1.0, TEN_MINUTES))
def test_the_client_reconnects_within_30_seconds_of_the_recovery(
    random_fraction: object, durations: list[float], outage: float
) -> None:
    """T62: the first attempt after the server is back starts at most 30 s later."""
    client = disconnected_client(random_fraction)
    recovery = STABLE_SESSION + outage
    fail_until(client, recovery, durations)
    assert client.now - max(recovery, STABLE_SESSION) <= 30.0


@given(random_sources, st.lists(st.floats(0, 90), min_size=2))
def test_two_logins_are_at_least_a_second_apart(
    random_fraction: object, durations: list[float]
) -> None:
    """Even if each session is lost at once."""
    client = disconnected_client(random_fraction)
    for duration in durations:
        client.connect()
        client.advance(duration)
        client.wait_for_next_attempt()
    pairs = zip(client.attempts, client.attempts[1:], strict=False)
    assert all(later - earlier >= 0.999999 for earlier, later in pairs)


@pytest.mark.parametrize("seed", range(20))
def test_a_hundred_clients_reconnect_spread_out(seed: int) -> None:
    """T64: after a restart, no second has more than 20 of 100 clients' first attempts."""
    random_fraction = random.Random(seed).random
    firsts = [disconnected_client(random_fraction).now - STABLE_SESSION for _ in range(100)]
    assert max(Counter(int(first) for first in firsts).values()) <= 20


def longest_delays(client: SimulatedClient, count: int) -> list[float]:
    """Return the delays of failing attempts if the random draw is always the highest."""
    client.random_fraction = lambda: 1.0
    delays = []
    for _ in range(count):
        client.start_attempt()
        before = client.now
        client.wait_for_next_attempt()
        delays.append(client.now - before)
    return delays


def test_the_ceiling_doubles_from_half_a_second_to_30_seconds() -> None:
    """T62: the longest delays of failing attempts; none is below a second."""
    assert longest_delays(SimulatedClient(), 9) == [1.0, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]


def test_a_short_session_does_not_reset_the_ceiling() -> None:
    """A session lost within 60 s counts as one more failure."""
    client = SimulatedClient()
    longest_delays(client, 4)
    client.connect()
    client.advance(59.0)
    client.wait_for_next_attempt()
    assert longest_delays(client, 1) == [16.0]


def test_a_stable_session_resets_the_ceiling() -> None:
    """After 60 s logged in, delays start anew; the disconnect is the first failure."""
    client = SimulatedClient()
    longest_delays(client, 6)
    client.connect()
    client.advance(60.0)
    client.wait_for_next_attempt()
    assert longest_delays(client, 1) == [1.0]


@given(random_sources)
def test_a_slow_reconnect_waits_ten_seconds_at_least(random_fraction: object) -> None:
    """The server asked for it; the delay is within the ceiling."""
    client = SimulatedClient()
    client.random_fraction = random_fraction  # type: ignore[assignment]
    client.connect()
    before = client.now
    client.wait_for_next_attempt(slowly=True)
    assert 10.0 <= client.now - before <= 30.0


def test_min_delay_counts_from_now() -> None:
    """Whatever the random draw: an overloaded server needs the time."""
    client = SimulatedClient()
    client.random_fraction = lambda: 0.0
    client.connect()
    client.advance(10.0)
    client.wait_for_next_attempt(min_delay=3.0)
    assert client.now == 13.0


def test_a_new_token_or_region_needs_no_backoff() -> None:
    """Only the least interval between two logins."""
    scheduler = ReconnectScheduler(ReconnectPolicy())
    scheduler.attempt_started(100.0)
    assert (scheduler.next_immediate(100.2), scheduler.next_immediate(107.0)) == (101.0, 107.0)


def test_scaled_timers_scale_the_rate_of_attempts() -> None:
    """Timers divided by a thousand allow a thousand times the attempts."""
    scheduler = ReconnectScheduler(ReconnectPolicy(Backoff(0.0005, 0.03), 0.06, 0.001))
    now, attempts = 0.0, 0
    while now < 0.6:
        scheduler.attempt_started(now)
        now = scheduler.next_attempt(now, lambda: 0.0)
        attempts += 1
    assert attempts == 59


delays = st.floats(0.001, 100)
fractions = st.floats(0, 1, exclude_max=True)


@given(delays, delays, st.integers(1, 10_000), fractions, st.sampled_from([0.0, 1.0, 5.0]))
def test_a_backoff_delay_is_within_its_bounds(
    base_delay: float, max_delay: float, attempt: int, fraction: float, min_delay: float
) -> None:
    """Not below `min_delay`, nor above `max_delay` and the doubled `base_delay`."""
    delay = Backoff(base_delay, max_delay).delay(attempt, lambda: fraction, min_delay)
    ceiling = min(max_delay, base_delay * 2 ** min(attempt - 1, 100))
    assert min_delay <= delay <= max(min_delay, ceiling)


@pytest.mark.parametrize(
    ("attempt", "longest"), [(1, 0.5), (2, 1.0), (3, 2.0), (6, 16.0), (7, 20.0), (5000, 20.0)]
)
def test_the_longest_backoff_delay_doubles_up_to_20_seconds(attempt: int, longest: float) -> None:
    """T26, T40: half a second, one, two and so on; jitter takes any fraction of it."""
    backoff = Backoff()
    assert backoff.delay(attempt, lambda: 1.0) == longest
    assert backoff.delay(attempt, lambda: 0.25) == longest / 4
    assert backoff.delay(attempt, lambda: 0.0) == 0.0
