"""What may be sent again, how long to pause, when to ping and when to give up."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli import __version__
from rtmcli.catalogue import API
from rtmcli.catalogue.model import Act, Retry
from rtmcli.protocol.conversation import (
    Backoff,
    Fault,
    Liveness,
    act_on,
    announced,
    fault_of_close,
    login_payload,
    may_resend,
    pause_after_close,
    region_in,
    wants_token,
)
from rtmcli.protocol.messages import Push

# What happened, as the policy on reliability tells it; may a read be sent again? an idempotent
# call, where the user asks for it? any other call, whatever the user asks for?
RESEND = """
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
ROWS = [(line[:32].strip(), line[32:].split()) for line in RESEND.strip().splitlines()]


@pytest.mark.parametrize(("what", "told"), ROWS, ids=[what for what, _ in ROWS])
def test_what_may_be_sent_again_is_what_the_policy_allows(what: str, told: list[str]) -> None:
    """The policy's table: what happened, and who may be sent again after it."""
    fault = fault_after(what)
    classes = (Retry.READ, False), (Retry.IDEMPOTENT, True), (Retry.NEVER, True)
    for (retry, asked), word in zip(classes, told, strict=True):
        assert may_resend(retry, fault, idempotent_too=asked) == (word == "yes")
    without = may_resend(Retry.IDEMPOTENT, fault, idempotent_too=False)
    assert without == (fault is Fault.PROVED)


@pytest.mark.parametrize("idempotent_too", [False, True])
@pytest.mark.parametrize("retry", [Retry.NEVER, Retry.CONNECTION, Retry.EPHEMERAL])
def test_what_acts_again_is_sent_again_only_where_it_did_not_act(
    retry: Retry, idempotent_too: bool
) -> None:
    """Calls that act, that belong to a connection or that come too late: only what was refused."""
    allowed = [fault for fault in Fault if may_resend(retry, fault, idempotent_too=idempotent_too)]
    assert allowed == [Fault.PROVED]


def fault_after(what: str) -> Fault:
    """Judge what happened."""
    if what.startswith("close"):
        return fault_of_close(int(what.split()[1]))
    if what.startswith("no close"):
        return fault_of_close(1006)
    if what.startswith("a breach"):
        return Fault.BROKEN
    return {Act.RESEND: Fault.PROVED, Act.DOUBT: Fault.LOST}[act_on(what)]


@pytest.mark.parametrize(
    ("kind", "act"),
    [
        ("validation", Act.SURFACE),
        ("authentication", Act.REFRESH),
        ("authorization", Act.AUTHENTICATE),
        ("license_expired", Act.AUTHENTICATE),
        ("misdirected_request", Act.REDIRECT),
        ("requester_offline", Act.SURFACE),
        ("requester_already_offline", Act.SURFACE),
        ("unknown", Act.SURFACE),
        ("", Act.SURFACE),
    ],
)
def test_an_error_type_asks_for_what_its_row_says(kind: str, act: Act) -> None:
    """Both names of a type count, and one that nobody knows is shown as it is."""
    assert act_on(kind) is act


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
    assert wants_token(kind) == wanted


@pytest.mark.parametrize(
    ("data", "region"),
    [({"region": "fra"}, "fra"), ({"region": ["fra"]}, ""), ({}, ""), ("fra", ""), (None, "")],
)
def test_a_region_is_a_text_or_none_at_all(data: Any, region: str) -> None:
    """Whatever the server puts there."""
    assert region_in(data) == region


@pytest.mark.parametrize("code", [1000, 1001, 1005, 1006, 1008, 1011, 1012, 1013, 1015, 4000])
def test_an_overloaded_server_is_left_alone_for_a_second(code: int) -> None:
    """1011, 1012 and 1013 ask for a pause of a second, whatever the jitter says."""
    assert pause_after_close(code) == (1.0 if code in {1011, 1012, 1013} else 0.0)


@pytest.mark.parametrize(
    ("payload", "reason", "act"),
    [
        ({"reason": "access_token_expired"}, "access_token_expired", Act.REFRESH),
        ({"reason": "ping_timeout"}, "connection_timeout", Act.RECONNECT),
        ({"reason": "too_many_connections"}, "too_many_connections", Act.STOP),
        ({"reason": "brand_new"}, "", Act.RECONNECT),
        ({"reason": ["access_token_expired"]}, "", Act.RECONNECT),
        ({}, "", Act.RECONNECT),
    ],
)
def test_a_disconnect_says_what_it_asks_for(payload: Any, reason: str, act: Act) -> None:
    """A known reason is its row, by either name; after an unknown one a client comes back."""
    found = announced(push("agent_disconnected", payload))
    assert found
    assert (found.reason, found.act) == (reason, act)


@pytest.mark.parametrize("payload", [None, [], "access_token_expired", {"reason": "x"}])
def test_another_push_announces_nothing(payload: Any) -> None:
    """No other push ends a session, nor does one whose payload is no object."""
    assert announced(push("incoming_event", payload)) is None
    if not isinstance(payload, dict):
        assert announced(push("agent_disconnected", payload)) is None


def push(action: str, payload: Any) -> Push:
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

seconds = st.floats(0.001, 100)
chance = st.floats(0, 1, exclude_max=True)


@given(seconds, seconds, st.integers(1, 10_000), chance, st.sampled_from([0.0, 1.0, 5.0]))
def test_a_pause_keeps_within_its_bounds(
    first: float, cap: float, attempt: int, luck: float, least: float
) -> None:
    """Never shorter than `least`, never longer than the cap, nor than the doubled first pause."""
    pause = Backoff(first, cap).pause(attempt, lambda: luck, least)
    assert least <= pause <= max(least, min(cap, first * 2 ** min(attempt - 1, 100)))


@pytest.mark.parametrize(
    ("attempt", "longest"), [(1, 0.5), (2, 1.0), (3, 2.0), (6, 16.0), (7, 20.0), (5000, 20.0)]
)
def test_the_longest_pause_doubles_up_to_the_cap(attempt: int, longest: float) -> None:
    """T26, T40: half a second, one, two and so on; jitter takes any part of it."""
    backoff = Backoff()
    assert backoff.pause(attempt, lambda: 1.0) == longest
    assert backoff.pause(attempt, lambda: 0.25) == longest / 4
    assert backoff.pause(attempt, lambda: 0.0) == 0.0


# --- life ---


class Life:
    """A link watched by a `Liveness` as a session does it, on a clock of its own."""

    def __init__(self, every: float, patience: float) -> None:
        self.now = 0.0
        self.pings = [0.0]  # the moments of pings; the first is the beginning
        self.asked_at: float | None = None  # the first ping that got no sign of life
        self.dead = False
        self._liveness = Liveness(0.0, every, patience)

    def pass_until(self, moment: float) -> None:
        """Let time pass, awake only when there is something to do, up to a moment or the end."""
        while not self.dead and (wake := self._liveness.next()) <= moment:
            self.now = max(self.now, wake)
            if self._liveness.is_dead(self.now):
                self.dead = True
                return
            assert self._liveness.is_due(self.now), "awake, and nothing is to be done"
            self._liveness.pinged(self.now)
            self.pings.append(self.now)
            self.asked_at = self.now if self.asked_at is None else self.asked_at
        self.now = max(self.now, moment)

    def hear(self) -> None:
        """Let something come."""
        self._liveness.heard()
        self.asked_at = None


timers = st.tuples(st.integers(1, 40), st.integers(1, 40))


@given(timers, st.floats(0, 100))
def test_nothing_is_to_be_done_before_its_time(timers: tuple[int, int], now: float) -> None:
    """A ping is due `every` after the last one; death, the patience after one that got nothing."""
    every, patience = timers
    liveness = Liveness(now, every, patience)
    assert liveness.next() == now + every
    assert not liveness.is_due(now + every - 0.5)
    assert liveness.is_due(now + every)
    assert not liveness.is_dead(now + 1_000_000)
    liveness.pinged(now + every)
    assert not liveness.is_due(now + every + every - 0.5)
    assert not liveness.is_dead(now + every + patience - 0.5)
    assert liveness.is_dead(now + every + patience)
    liveness.heard()
    assert not liveness.is_dead(now + every + patience)


@given(timers, st.lists(st.integers(0, 60), max_size=30))
def test_a_link_is_pinged_in_time_and_lives_while_it_answers(
    timers: tuple[int, int], gaps: list[int]
) -> None:
    """Whenever something comes: a ping each `every`; dead when one waited for the patience."""
    every, patience = timers
    life = Life(every, patience)
    for gap in gaps:
        life.pass_until(life.now + gap)
        waited = 0.0 if life.asked_at is None else life.now - life.asked_at
        assert waited == patience if life.dead else waited < patience
        if life.dead:
            break
        life.hear()
    assert all(later - earlier == every for earlier, later in pairwise(life.pings))


@given(timers)
def test_a_silent_link_is_dead_after_a_ping_and_the_patience(timers: tuple[int, int]) -> None:
    """However the two compare, a link that says nothing is given up, and not before it may be."""
    every, patience = timers
    life = Life(every, patience)
    life.pass_until(1000)
    assert life.dead
    assert life.now == every + patience


@given(st.floats(0, 1000))
def test_the_defaults_notice_a_dead_link_within_25_seconds(last: float) -> None:
    """Whenever the last sign of life came, with 10 and 10 seconds the end is noticed in 20."""
    life = Life(10, 10)
    while life.now + 3 < last:
        life.pass_until(life.now + 3)
        life.hear()
    life.pass_until(last)
    life.hear()
    life.pass_until(last + 1000)
    assert life.dead
    assert life.now <= last + 20


def test_the_defaults_ping_within_what_the_server_asks_for() -> None:
    """The server wants a ping each 15 seconds; ours come each 10."""
    life = Life(10, 10)
    for _ in range(100):
        life.pass_until(life.now + 3)
        life.hear()
    assert life.pings == list(range(0, 301, 10))
    assert API.ping_every > 10
