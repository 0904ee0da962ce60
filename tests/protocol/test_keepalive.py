"""When a connection is pinged, and when it counts as lost."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rtmcli.catalogue.service import PING_INTERVAL
from rtmcli.protocol.keepalive import Keepalive


class SimulatedKeepalive:
    """A `Keepalive` driven as a session does it, with a simulated clock."""

    def __init__(self, ping_interval: float, ping_timeout: float) -> None:
        self.now = 0.0
        self.pings = [0.0]  # when pings were sent; the first is the start
        self.unanswered_since: float | None = None  # the first ping without data after it
        self.timed_out = False
        self._keepalive = Keepalive(0.0, ping_interval, ping_timeout)

    def advance_to(self, moment: float) -> None:
        """Let time pass until a moment or the timeout; wake up only if something is due."""
        while not self.timed_out and (wakeup := self._keepalive.next_wakeup()) <= moment:
            self.now = max(self.now, wakeup)
            if self._keepalive.timed_out(self.now):
                self.timed_out = True
                return
            assert self._keepalive.ping_due(self.now), "woke up, but nothing is due"
            self._keepalive.ping_sent(self.now)
            self.pings.append(self.now)
            if self.unanswered_since is None:
                self.unanswered_since = self.now
        self.now = max(self.now, moment)

    def receive_data(self) -> None:
        """Receive something."""
        self._keepalive.data_received()
        self.unanswered_since = None


keepalive_times = st.tuples(st.integers(1, 40), st.integers(1, 40))


@given(keepalive_times, st.floats(0, 100))
def test_nothing_is_due_early(timers: tuple[int, int], now: float) -> None:
    """A ping is due an interval after the last one; the timeout follows an unanswered ping."""
    ping_interval, ping_timeout = timers
    keepalive = Keepalive(now, ping_interval, ping_timeout)
    assert keepalive.next_wakeup() == now + ping_interval
    assert not keepalive.ping_due(now + ping_interval - 0.5)
    assert keepalive.ping_due(now + ping_interval)
    assert not keepalive.timed_out(now + 1_000_000)
    keepalive.ping_sent(now + ping_interval)
    assert not keepalive.ping_due(now + ping_interval + ping_interval - 0.5)
    assert not keepalive.timed_out(now + ping_interval + ping_timeout - 0.5)
    assert keepalive.timed_out(now + ping_interval + ping_timeout)
    keepalive.data_received()
    assert not keepalive.timed_out(now + ping_interval + ping_timeout)


@given(keepalive_times, st.lists(st.integers(0, 60), max_size=30))
def test_a_connection_lives_while_it_answers_pings(
    timers: tuple[int, int], gaps: list[int]
) -> None:
    """Pings are regular, and only one that was unanswered for the timeout ends it."""
    ping_interval, ping_timeout = timers
    simulation = SimulatedKeepalive(ping_interval, ping_timeout)
    for gap in gaps:
        simulation.advance_to(simulation.now + gap)
        since = simulation.unanswered_since
        waited = 0.0 if since is None else simulation.now - since
        assert waited == ping_timeout if simulation.timed_out else waited < ping_timeout
        if simulation.timed_out:
            break
        simulation.receive_data()
    assert all(later - earlier == ping_interval for earlier, later in pairwise(simulation.pings))


@given(keepalive_times)
def test_a_silent_connection_times_out_after_the_first_ping(timers: tuple[int, int]) -> None:
    """Exactly an interval and a timeout after the start, whichever of them is longer."""
    ping_interval, ping_timeout = timers
    simulation = SimulatedKeepalive(ping_interval, ping_timeout)
    simulation.advance_to(1000)
    assert simulation.timed_out
    assert simulation.now == ping_interval + ping_timeout


@given(st.floats(0, 1000))
def test_the_defaults_detect_a_dead_connection_within_25_seconds(last: float) -> None:
    """With 10 s and 10 s it takes 20 s at most, whenever the last data was received."""
    simulation = SimulatedKeepalive(10, 10)
    while simulation.now + 3 < last:
        simulation.advance_to(simulation.now + 3)
        simulation.receive_data()
    simulation.advance_to(last)
    simulation.receive_data()
    simulation.advance_to(last + 1000)
    assert simulation.timed_out
    assert simulation.now <= last + 20


def test_the_defaults_ping_as_often_as_the_server_asks() -> None:
    """The server asks for a ping every 15 s; ours are sent every 10 s."""
    simulation = SimulatedKeepalive(10, 10)
    for _ in range(100):
        simulation.advance_to(simulation.now + 3)
        simulation.receive_data()
    assert simulation.pings == list(range(0, 301, 10))
    assert PING_INTERVAL > 10
