"""Which faults befall a request."""

from rtmcli.sandbox.faults import Faults
from rtmcli.sandbox.specs import parse


def strikes(spec: str, count: int, action: str = "send_event", seed: int = 1) -> list[int]:
    """Name the requests that a fault befalls, of so many."""
    faults = Faults([parse(spec)], seed)
    return [number for number in range(1, count + 1) if faults.befalling(action)]


def test_a_fault_without_options_befalls_every_request() -> None:
    """Always is the default."""
    assert strikes("send_event:silent", 3) == [1, 2, 3]


def test_a_fault_befalls_its_own_methods_only() -> None:
    """Another action's requests are neither befallen nor counted."""
    faults = Faults([parse("send_event,get_archives:silent,nth=2")])
    actions = ["send_event", "tag_chat_thread", "get_archives"]
    assert [bool(faults.befalling(action)) for action in actions] == [False, False, True]


def test_the_star_spares_login_and_ping() -> None:
    """Without a login nothing else could be tried; whoever means it names it."""
    assert strikes("*:silent", 2, "login") == strikes("*:silent", 2, "ping") == []
    assert strikes("login:silent", 2, "login") == strikes("ping:silent", 2, "ping") == [1, 2]
    assert strikes("*:silent", 2, "no_such_action") == [1, 2]


def test_counts_choose_the_nth_and_ranges() -> None:
    """One, from one to another, and from one on."""
    assert strikes("*:silent,nth=3", 5) == [3]
    assert strikes("*:silent,nth=2-3", 5) == [2, 3]
    assert strikes("*:silent,nth=4-", 5) == [4, 5]


def test_chance_is_the_same_for_the_same_seed() -> None:
    """A tenth of the requests is befallen: the same ones again, and others for another seed."""
    struck = strikes("*:silent,p=0.1", 1000)
    assert 60 < len(struck) < 140
    assert struck == strikes("*:silent,p=0.1", 1000)
    assert struck != strikes("*:silent,p=0.1", 1000, seed=2)


def test_chance_knows_never_and_always() -> None:
    """Zero and one mean what they say."""
    assert strikes("*:silent,p=0", 50) == []
    assert len(strikes("*:silent,p=1", 50)) == 50


def test_several_faults_may_befall_one_request() -> None:
    """Each fault is chosen on its own."""
    faults = Faults([parse("*:delay=1s"), parse("send_event:silent,nth=2")])
    assert [fault.kind for fault in faults.befalling("send_event")] == ["delay"]
    assert [fault.kind for fault in faults.befalling("send_event")] == ["delay", "silent"]
