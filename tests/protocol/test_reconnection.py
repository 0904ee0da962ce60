"""The laws of reconnecting, for every run of chance and every kind of outage."""

import random
from collections import Counter
from itertools import cycle, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.protocol.conversation import Backoff
from rtmcli.protocol.reconnection import Gap, Pacing, Reconnection

HEALTHY = 3600.0
TEN_MINUTES = 600.0

chances = st.one_of(
    st.integers(0, 2**32).map(lambda seed: random.Random(seed).random),
    st.sampled_from([0.0, 0.5, 0.999999]).map(lambda always: lambda: always),
)
lengths = st.lists(st.floats(0.0, 20.0), min_size=1, max_size=20)  # seconds an attempt takes


class Client:
    """A client whose time passes only where it waits; `attempts` are the moments of its tries."""

    def __init__(self, chance: "random.Random | None" = None) -> None:
        self.reconnection = Reconnection(Pacing())
        self.chance = (chance or random.Random(0)).random
        self.attempts: list[float] = []
        self.now = 0.0

    def connect(self) -> None:
        """Try, with success."""
        self.begin()
        self.reconnection.opened(self.now)

    def begin(self) -> None:
        """Try."""
        self.attempts.append(self.now)
        self.reconnection.begin(self.now)

    def go_on(self, *, slowly: bool = False, least: float = 0.0) -> None:
        """Wait for the next attempt."""
        self.now = self.reconnection.next(self.now, self.chance, slowly=slowly, least=least)

    def live(self, seconds: float) -> None:
        """Stay connected."""
        self.now += seconds


def client(chance: object, lived: float = HEALTHY) -> Client:
    """Return a client that has been connected for so long and has just lost the connection."""
    made = Client()
    made.chance = chance  # type: ignore[assignment]
    made.connect()
    made.live(lived)
    made.go_on()
    return made


def fail_until(made: Client, end: float, lengths: list[float]) -> None:
    """Let attempts fail, each after one of these lengths, while they begin before the end."""
    tries = 0
    while made.now < end:
        made.begin()
        made.live(lengths[tries % len(lengths)])
        made.go_on()
        tries += 1


@given(chances, lengths)
def test_an_outage_of_ten_minutes_sees_at_most_60_attempts(
    chance: object, lengths: list[float]
) -> None:
    """T62: however the draws fall, the server is asked no more than 60 times."""
    made = client(chance)
    fail_until(made, HEALTHY + TEN_MINUTES, lengths)
    assert len([at for at in made.attempts if at >= HEALTHY]) <= 60


@given(chances, st.lists(st.tuples(st.floats(0, 90), st.booleans(), st.booleans()), min_size=1))
def test_no_ten_minutes_see_more_than_60_attempts(
    chance: object, lives: list[tuple[float, bool, bool]]
) -> None:
    """Nor when sessions come about and are lost again, or the server asks for patience."""
    made = client(chance)
    for length, opens, slowly in islice(cycle(lives), 200):
        made.begin()
        if opens:
            made.reconnection.opened(made.now)
        made.live(length)
        made.go_on(slowly=slowly)
    for start in made.attempts:
        within = [at for at in made.attempts if start <= at < start + TEN_MINUTES]
        assert len(within) <= 60


@given(chances, lengths, st.floats(1.0, TEN_MINUTES))
def test_the_client_is_back_within_30_seconds_of_the_recovery(
    chance: object, lengths: list[float], outage: float
) -> None:
    """T62: the first attempt after the server is back begins at most 30 s after that."""
    made = client(chance)
    recovery = HEALTHY + outage
    fail_until(made, recovery, lengths)
    assert made.now - max(recovery, HEALTHY) <= 30.0


@given(chances, st.lists(st.floats(0, 90), min_size=2))
def test_two_logins_are_never_less_than_a_second_apart(chance: object, lives: list[float]) -> None:
    """Not even where each session is lost at once."""
    made = client(chance)
    for length in lives:
        made.connect()
        made.live(length)
        made.go_on()
    pairs = zip(made.attempts, made.attempts[1:], strict=False)
    assert all(later - earlier >= 0.999999 for earlier, later in pairs)


@pytest.mark.parametrize("seed", range(20))
def test_a_hundred_clients_come_back_spread_out(seed: int) -> None:
    """T64: after a restart no second sees more than 20 of 100 clients' first tries."""
    chance = random.Random(seed).random
    firsts = [client(chance).now - HEALTHY for _ in range(100)]
    assert max(Counter(int(first) for first in firsts).values()) <= 20


def ceilings(made: Client, count: int) -> list[float]:
    """Return the pauses that failing attempts get where the draw is always the highest."""
    made.chance = lambda: 1.0
    pauses = []
    for _ in range(count):
        made.begin()
        before = made.now
        made.go_on()
        pauses.append(made.now - before)
    return pauses


def test_the_ceiling_doubles_from_half_a_second_to_30_seconds() -> None:
    """T62: the pauses of failing attempts, each at its highest; none is below a second."""
    assert ceilings(Client(), 9) == [1.0, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]


def test_a_short_session_does_not_reset_the_ceiling() -> None:
    """A session lost within 60 s counts like one more failure."""
    made = Client()
    ceilings(made, 4)
    made.connect()
    made.live(59.0)
    made.go_on()
    assert ceilings(made, 1) == [16.0]


def test_a_healthy_minute_resets_the_ceiling() -> None:
    """After 60 s logged in, pauses begin anew; the loss itself counts as the first failure."""
    made = Client()
    ceilings(made, 6)
    made.connect()
    made.live(60.0)
    made.go_on()
    assert ceilings(made, 1) == [1.0]


@given(chances)
def test_where_the_server_asks_for_patience_the_pause_is_ten_seconds_at_least(
    chance: object,
) -> None:
    """A longer backoff is longer than any first pause, and within the cap."""
    made = Client()
    made.chance = chance  # type: ignore[assignment]
    made.connect()
    before = made.now
    made.go_on(slowly=True)
    assert 10.0 <= made.now - before <= 30.0


def test_an_overloaded_server_gets_at_least_the_pause_it_needs() -> None:
    """`least` counts from now, whatever the draw."""
    made = Client()
    made.chance = lambda: 0.0
    made.connect()
    made.live(10.0)
    made.go_on(least=3.0)
    assert made.now == 13.0


def test_a_new_token_or_region_is_tried_a_second_after_the_last_login() -> None:
    """What is known to help needs no backoff, only the distance between two logins."""
    reconnection = Reconnection(Pacing())
    reconnection.begin(100.0)
    assert (reconnection.soon(100.2), reconnection.soon(107.0)) == (101.0, 107.0)


def test_scaled_timers_scale_the_rate_of_attempts() -> None:
    """A thousandth of the timers allows a thousand times the attempts."""
    reconnection = Reconnection(Pacing(Backoff(0.0005, 0.03), 0.06, 0.001))
    now, attempts = 0.0, 0
    while now < 0.6:
        reconnection.begin(now)
        now = reconnection.next(now, lambda: 0.0)
        attempts += 1
    assert attempts == 59


def test_a_gap_is_told_in_utc_with_its_reason() -> None:
    """Times are RFC 3339 to the millisecond; a count stands there only where it is known."""
    gap = Gap(0.0, 1_700_000_000.1234, "the connection was lost")
    assert gap.record() == {
        "type": "rtm.gap",
        "from": "1970-01-01T00:00:00.000Z",
        "to": "2023-11-14T22:13:20.123Z",
        "reason": "the connection was lost",
    }


def test_a_gap_of_known_size_has_its_count() -> None:
    """An overflow knows how many pushes it dropped."""
    assert Gap(0.0, 1.0, "overflow", 17).record()["count"] == 17
