"""What may be sent again, how long to pause, when to ping and when to give up."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli import __version__
from rtmcli.catalogue import API
from rtmcli.catalogue.model import Recovery, Retry
from rtmcli.protocol.messages import Push
from rtmcli.protocol.retry_policy import (
    Backoff,
    FailureKind,
    Keepalive,
    disconnect_reason,
    failure_for_close,
    login_payload,
    may_retry,
    min_delay_after_close,
    needs_new_token,
    recovery_for,
    region_from,
)

# What happened, as the policy on reliability tells it; may a read be sent again? an idempotent
# call, where the user asks for it? any other call, whatever the user asks for?
RETRY_TABLE = """
too_many_requests               yes yes yes
service_unavailable             yes yes yes
pending_requests_limit_reached  yes yes yes
request_timeout                 yes yes no
internal                        yes yes no
no close frame (1006)           yes yes no
close 1000                      yes yes no
close 1001                      yes yes no
close 1005                      yes yes no
close 1011                      yes yes no
close 1012                      yes yes no
close 1013                      yes yes no
close 1008                      no  no  no
close 4000                      no  no  no
close 4999                      no  no  no
a breach of the protocol        no  no  no
"""
RETRY_CASES = [(line[:32].strip(), line[32:].split()) for line in RETRY_TABLE.strip().splitlines()]


@pytest.mark.parametrize(("what", "told"), RETRY_CASES, ids=[what for what, _ in RETRY_CASES])
def test_what_may_be_sent_again_is_what_the_policy_allows(what: str, told: list[str]) -> None:
    """The policy's table: what happened, and who may be sent again after it."""
    failure = failure_after(what)
    classes = (Retry.READ_ONLY, False), (Retry.IDEMPOTENT, True), (Retry.NEVER, True)
    for (retry, asked), word in zip(classes, told, strict=True):
        assert may_retry(retry, failure, retry_idempotent=asked) == (word == "yes")
    without = may_retry(Retry.IDEMPOTENT, failure, retry_idempotent=False)
    assert without == (failure is FailureKind.NOT_EXECUTED)


@pytest.mark.parametrize("idempotent_too", [False, True])
@pytest.mark.parametrize("retry", [Retry.NEVER, Retry.CONNECTION, Retry.EPHEMERAL])
def test_what_acts_again_is_sent_again_only_where_it_did_not_act(
    retry: Retry, idempotent_too: bool
) -> None:
    """Calls that act, that belong to a connection or that come too late: only what was refused."""
    allowed = [
        failure
        for failure in FailureKind
        if may_retry(retry, failure, retry_idempotent=idempotent_too)
    ]
    assert allowed == [FailureKind.NOT_EXECUTED]


def failure_after(event: str) -> FailureKind:
    """Judge what happened."""
    if event.startswith("close"):
        return failure_for_close(int(event.split()[1]))
    if event.startswith("no close"):
        return failure_for_close(1006)
    if event.startswith("a breach"):
        return FailureKind.FATAL
    return {Recovery.RETRY: FailureKind.NOT_EXECUTED, Recovery.AMBIGUOUS: FailureKind.AMBIGUOUS}[
        recovery_for(event)
    ]


@pytest.mark.parametrize(
    ("kind", "act"),
    [
        ("validation", Recovery.REPORT),
        ("authentication", Recovery.REFRESH_TOKEN),
        ("authorization", Recovery.AUTH_FAILED),
        ("license_expired", Recovery.AUTH_FAILED),
        ("misdirected_request", Recovery.REDIRECT),
        ("requester_offline", Recovery.REPORT),
        ("requester_already_offline", Recovery.REPORT),
        ("unknown", Recovery.REPORT),
        ("", Recovery.REPORT),
    ],
)
def test_an_error_type_asks_for_what_its_row_says(kind: str, act: Recovery) -> None:
    """Both names of a type count, and one that nobody knows is shown as it is."""
    assert recovery_for(kind) is act


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("authentication", True),
        ("access_token_expired", True),
        ("access_token_revoked", False),
        ("authorization", False),
        ("license_expired", False),
        ("brand_new", False),
        ("", False),
    ],
)
def test_another_token_helps_where_this_one_is_the_trouble(kind: str, wanted: bool) -> None:
    """An error type or the reason of a disconnect may say so."""
    assert needs_new_token(kind) == wanted


@pytest.mark.parametrize(
    ("data", "region"),
    [({"region": "fra"}, "fra"), ({"region": ["fra"]}, ""), ({}, ""), ("fra", ""), (None, "")],
)
def test_a_region_is_a_text_or_none_at_all(data: Any, region: str) -> None:
    """Whatever the server puts there."""
    assert region_from(data) == region


@pytest.mark.parametrize("code", [1000, 1001, 1005, 1006, 1008, 1011, 1012, 1013, 1015, 4000])
def test_an_overloaded_server_is_left_alone_for_a_second(code: int) -> None:
    """1011, 1012 and 1013 ask for a pause of a second, whatever the jitter says."""
    assert min_delay_after_close(code) == (1.0 if code in {1011, 1012, 1013} else 0.0)


@pytest.mark.parametrize(
    ("payload", "reason", "act"),
    [
        ({"reason": "access_token_expired"}, "access_token_expired", Recovery.REFRESH_TOKEN),
        ({"reason": "ping_timeout"}, "connection_timeout", Recovery.RECONNECT),
        ({"reason": "too_many_connections"}, "too_many_connections", Recovery.STOP),
        ({"reason": "brand_new"}, "", Recovery.RECONNECT),
        ({"reason": ["access_token_expired"]}, "", Recovery.RECONNECT),
        ({}, "", Recovery.RECONNECT),
    ],
)
def test_a_disconnect_says_what_it_asks_for(payload: Any, reason: str, act: Recovery) -> None:
    """A known reason is its row, by either name; after an unknown one a client comes back."""
    found = disconnect_reason(make_push("agent_disconnected", payload))
    assert found
    assert (found.reason, found.recovery) == (reason, act)


@pytest.mark.parametrize("payload", [None, [], "access_token_expired", {"reason": "x"}])
def test_another_push_announces_nothing(payload: Any) -> None:
    """No other push ends a session, nor does one whose payload is no object."""
    assert disconnect_reason(make_push("incoming_event", payload)) is None
    if not isinstance(payload, dict):
        assert disconnect_reason(make_push("agent_disconnected", payload)) is None


def make_push(action: str, payload: Any) -> Push:
    """Make a push."""
    return Push(action, payload, "", {}, b"")


def test_a_login_names_the_application() -> None:
    """The token first, then who calls; what the user adds goes in, and may replace the name."""
    assert list(login_payload("Bearer x", {"reconnect": True}).items()) == [
        ("token", "Bearer x"),
        ("application", {"name": "rtm", "version": __version__}),
        ("reconnect", True),
    ]
    other = login_payload("Bearer x", {"application": {"name": "robot"}})
    assert other == {"token": "Bearer x", "application": {"name": "robot"}}


# --- pauses ---

delays = st.floats(0.001, 100)
fractions = st.floats(0, 1, exclude_max=True)


@given(delays, delays, st.integers(1, 10_000), fractions, st.sampled_from([0.0, 1.0, 5.0]))
def test_a_pause_keeps_within_its_bounds(
    first: float, cap: float, attempt: int, luck: float, least: float
) -> None:
    """Never shorter than `least`, never longer than the cap, nor than the doubled first pause."""
    pause = Backoff(first, cap).delay(attempt, lambda: luck, least)
    assert least <= pause <= max(least, min(cap, first * 2 ** min(attempt - 1, 100)))


@pytest.mark.parametrize(
    ("attempt", "longest"), [(1, 0.5), (2, 1.0), (3, 2.0), (6, 16.0), (7, 20.0), (5000, 20.0)]
)
def test_the_longest_pause_doubles_up_to_the_cap(attempt: int, longest: float) -> None:
    """T26, T40: half a second, one, two and so on; jitter takes any part of it."""
    backoff = Backoff()
    assert backoff.delay(attempt, lambda: 1.0) == longest
    assert backoff.delay(attempt, lambda: 0.25) == longest / 4
    assert backoff.delay(attempt, lambda: 0.0) == 0.0


# --- life ---


class SimulatedKeepalive:
    """A link watched by a `Liveness` as a session does it, on a clock of its own."""

    def __init__(self, ping_interval: float, ping_timeout: float) -> None:
        self.now = 0.0
        self.pings = [0.0]  # the moments of pings; the first is the beginning
        self.unanswered_since: float | None = None  # the first ping that got no sign of life
        self.timed_out = False
        self._keepalive = Keepalive(0.0, ping_interval, ping_timeout)

    def advance_to(self, moment: float) -> None:
        """Let time pass, awake only when there is something to do, up to a moment or the end."""
        while not self.timed_out and (wake := self._keepalive.next_wakeup()) <= moment:
            self.now = max(self.now, wake)
            if self._keepalive.timed_out(self.now):
                self.timed_out = True
                return
            assert self._keepalive.ping_due(self.now), "awake, and nothing is to be done"
            self._keepalive.ping_sent(self.now)
            self.pings.append(self.now)
            self.unanswered_since = (
                self.now if self.unanswered_since is None else self.unanswered_since
            )
        self.now = max(self.now, moment)

    def receive_data(self) -> None:
        """Let something come."""
        self._keepalive.data_received()
        self.unanswered_since = None


keepalive_times = st.tuples(st.integers(1, 40), st.integers(1, 40))


@given(keepalive_times, st.floats(0, 100))
def test_nothing_is_to_be_done_before_its_time(timers: tuple[int, int], now: float) -> None:
    """A ping is due `every` after the last one; death, the patience after one that got nothing."""
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
def test_a_link_is_pinged_in_time_and_lives_while_it_answers(
    timers: tuple[int, int], gaps: list[int]
) -> None:
    """Whenever something comes: a ping each `every`; dead when one waited for the patience."""
    ping_interval, ping_timeout = timers
    simulation = SimulatedKeepalive(ping_interval, ping_timeout)
    for gap in gaps:
        simulation.advance_to(simulation.now + gap)
        waited = (
            0.0
            if simulation.unanswered_since is None
            else simulation.now - simulation.unanswered_since
        )
        assert waited == ping_timeout if simulation.timed_out else waited < ping_timeout
        if simulation.timed_out:
            break
        simulation.receive_data()
    assert all(later - earlier == ping_interval for earlier, later in pairwise(simulation.pings))


@given(keepalive_times)
def test_a_silent_link_is_dead_after_a_ping_and_the_patience(timers: tuple[int, int]) -> None:
    """However the two compare, a link that says nothing is given up, and not before it may be."""
    ping_interval, ping_timeout = timers
    simulation = SimulatedKeepalive(ping_interval, ping_timeout)
    simulation.advance_to(1000)
    assert simulation.timed_out
    assert simulation.now == ping_interval + ping_timeout


@given(st.floats(0, 1000))
def test_the_defaults_notice_a_dead_link_within_25_seconds(last: float) -> None:
    """Whenever the last sign of life came, with 10 and 10 seconds the end is noticed in 20."""
    simulation = SimulatedKeepalive(10, 10)
    while simulation.now + 3 < last:
        simulation.advance_to(simulation.now + 3)
        simulation.receive_data()
    simulation.advance_to(last)
    simulation.receive_data()
    simulation.advance_to(last + 1000)
    assert simulation.timed_out
    assert simulation.now <= last + 20


def test_the_defaults_ping_within_what_the_server_asks_for() -> None:
    """The server wants a ping each 15 seconds; ours come each 10."""
    simulation = SimulatedKeepalive(10, 10)
    for _ in range(100):
        simulation.advance_to(simulation.now + 3)
        simulation.receive_data()
    assert simulation.pings == list(range(0, 301, 10))
    assert API.ping_interval > 10
