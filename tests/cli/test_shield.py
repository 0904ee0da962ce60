"""A signal comes through where it is welcome, and nowhere else."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from rtmcli.cli.shield import Shield
from rtmcli.errors import Interrupted


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Give the signals back to pytest."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def test_a_signal_comes_through_inside_the_block() -> None:
    """At once, as an exception with its number."""
    with pytest.raises(Interrupted) as caught, Shield():
        os.kill(os.getpid(), signal.SIGTERM)
    assert caught.value.signum == signal.SIGTERM


def test_a_signal_outside_the_block_waits_for_the_next_one() -> None:
    """Nothing is disturbed until then."""
    shield = Shield()
    os.kill(os.getpid(), signal.SIGTERM)
    with pytest.raises(Interrupted) as caught, shield:
        raise AssertionError
    assert caught.value.signum == signal.SIGTERM
    with shield:  # once is enough
        pass


def test_what_is_ignored_stays_ignored() -> None:
    """As `nohup` wants it."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with Shield():
        os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN


@pytest.mark.parametrize("second", ["SIGTERM", "SIGINT"])
def test_a_second_signal_ends_the_process(second: str) -> None:
    """Wherever it is, and of that very signal."""
    script = (
        "import os, signal\n"
        "from rtmcli.cli.shield import Shield\n"
        "signal.signal(signal.SIGTERM, signal.default_int_handler)\n"
        "shield = Shield()\n"
        "os.kill(os.getpid(), signal.SIGTERM)\n"
        f"os.kill(os.getpid(), signal.{second})\n"
        "while True: pass\n"
    )
    result = subprocess.run([sys.executable, "-c", script], check=False, timeout=10)
    assert -result.returncode == getattr(signal, second)
