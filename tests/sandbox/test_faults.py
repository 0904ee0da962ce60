"""Which faults befall a request."""

from rtmcli.sandbox.fault_specs import parse_fault
from rtmcli.sandbox.faults import FaultSelector


def affected_requests(
    spec: str, count: int, action: str = "send_event", seed: int = 1
) -> list[int]:
    """Name the requests that a fault befalls, of so many."""
    faults = FaultSelector([parse_fault(spec)], seed)
    return [number for number in range(1, count + 1) if faults.select(action)]


def test_a_fault_without_options_befalls_every_request() -> None:
    """Always is the default."""
    assert affected_requests("send_event:silent", 3) == [1, 2, 3]


def test_a_fault_befalls_its_own_methods_only() -> None:
    """Another action's requests are neither befallen nor counted."""
    faults = FaultSelector([parse_fault("send_event,get_archives:silent,nth=2")])
    actions = ["send_event", "tag_chat_thread", "get_archives"]
    assert [bool(faults.select(action)) for action in actions] == [False, False, True]


def test_the_star_spares_login_and_ping() -> None:
    """Without a login nothing else could be tried; whoever means it names it."""
    assert (
        affected_requests("*:silent", 2, "login") == affected_requests("*:silent", 2, "ping") == []
    )
    assert (
        affected_requests("login:silent", 2, "login")
        == affected_requests("ping:silent", 2, "ping")
        == [1, 2]
    )
    assert affected_requests("*:silent", 2, "no_such_action") == [1, 2]


def test_counts_choose_the_nth_and_ranges() -> None:
    """One, from one to another, and from one on."""
    assert affected_requests("*:silent,nth=3", 5) == [3]
    assert affected_requests("*:silent,nth=2-3", 5) == [2, 3]
    assert affected_requests("*:silent,nth=4-", 5) == [4, 5]


def test_chance_is_the_same_for_the_same_seed() -> None:
    """A tenth of the requests is befallen: the same ones again, and others for another seed."""
    affected = affected_requests("*:silent,p=0.1", 1000)
    assert 60 < len(affected) < 140
    assert affected == affected_requests("*:silent,p=0.1", 1000)
    assert affected != affected_requests("*:silent,p=0.1", 1000, seed=2)


def test_chance_knows_never_and_always() -> None:
    """Zero and one mean what they say."""
    assert affected_requests("*:silent,p=0", 50) == []
    assert len(affected_requests("*:silent,p=1", 50)) == 50


def test_several_faults_may_befall_one_request() -> None:
    """Each fault is chosen on its own."""
    faults = FaultSelector([parse_fault("*:delay=1s"), parse_fault("send_event:silent,nth=2")])
    assert [fault.name for fault in faults.select("send_event")] == ["delay"]
    assert [fault.name for fault in faults.select("send_event")] == ["delay", "silent"]
