"""The selection of faults for a request."""

from rtmcli.sandbox.server.fault_specs import parse_fault
from rtmcli.sandbox.server.faults import FaultSelector


def affected_requests(
    spec: str, count: int, action: str = "send_event", seed: int = 1
) -> list[int]:
    """Return the numbers of the requests to which a fault applies."""
    faults = FaultSelector([parse_fault(spec)], seed)
    return [number for number in range(1, count + 1) if faults.select(action)]


def test_a_fault_without_options_applies_to_every_request() -> None:
    """There is no default count or probability."""
    assert affected_requests("send_event:silent", 3) == [1, 2, 3]


def test_a_fault_applies_to_its_methods_only() -> None:
    """Requests for other actions are not counted."""
    faults = FaultSelector([parse_fault("send_event,get_archives:silent,nth=2")])
    actions = ["send_event", "tag_chat_thread", "get_archives"]
    assert [bool(faults.select(action)) for action in actions] == [False, False, True]


def test_the_star_exempts_login_and_ping() -> None:
    """They can be named explicitly."""
    assert (
        affected_requests("*:silent", 2, "login") == affected_requests("*:silent", 2, "ping") == []
    )
    assert (
        affected_requests("login:silent", 2, "login")
        == affected_requests("ping:silent", 2, "ping")
        == [1, 2]
    )
    assert affected_requests("*:silent", 2, "no_such_action") == [1, 2]


def test_nth_selects_a_request_or_a_range() -> None:
    """A single request, a closed range, or an open range."""
    assert affected_requests("*:silent,nth=3", 5) == [3]
    assert affected_requests("*:silent,nth=2-3", 5) == [2, 3]
    assert affected_requests("*:silent,nth=4-", 5) == [4, 5]


def test_probability_is_reproducible_with_a_seed() -> None:
    """A tenth of the requests: the same with the same seed, others with another."""
    affected = affected_requests("*:silent,p=0.1", 1000)
    assert 60 < len(affected) < 140
    assert affected == affected_requests("*:silent,p=0.1", 1000)
    assert affected != affected_requests("*:silent,p=0.1", 1000, seed=2)


def test_probability_zero_and_one_are_exact() -> None:
    """Zero is never, one is always."""
    assert affected_requests("*:silent,p=0", 50) == []
    assert len(affected_requests("*:silent,p=1", 50)) == 50


def test_several_faults_may_apply_to_one_request() -> None:
    """Each fault is selected independently."""
    faults = FaultSelector([parse_fault("*:delay=1s"), parse_fault("send_event:silent,nth=2")])
    assert [fault.name for fault in faults.select("send_event")] == ["delay"]
    assert [fault.name for fault in faults.select("send_event")] == ["delay", "silent"]
