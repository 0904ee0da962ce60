"""`--journal`: which files it may be, and when an input is compared with it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.fault_server import FaultServer

RunLine = Callable[..., Any]
IDS = [f"b7eff798-f8df-4364-8059-649c35c9ed0{number}" for number in range(3)]
VALUES = [f'{{"customer_id":"{each}"}}\n' for each in IDS]


@pytest.fixture
def ban(run_line: RunLine, tmp_path: Path) -> Callable[..., Any]:
    """Return a function that bans the customers of an input, with a journal."""
    journal = str(tmp_path / "bans.journal")

    def run_bans(*options: str, stdin: str, url: str = "ws://127.0.0.1:9/") -> Any:
        words = ("ban-customer", "-", "--ban-days", "5", "--journal", journal, *options)
        return run_line(*words, stdin=stdin, url=url)

    return run_bans


def test_the_journal_is_not_standard_input(run_line: RunLine, tmp_path: Path) -> None:
    """Status 2, and the file keeps its content."""
    words = ("ban-customer", "-", "--ban-days", "5", "--journal", str(tmp_path / "stdin"))
    result = run_line(*words, stdin=VALUES[0])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "is also standard input" in result.stderr
    assert (tmp_path / "stdin").read_text() == VALUES[0]


@pytest.mark.parametrize(
    ("stdin", "says"),
    [
        (VALUES[1] + VALUES[0], "input 1"),
        (VALUES[0], "1"),
    ],
    ids=["another order", "fewer values"],
)
def test_another_input_is_refused_before_anything_is_sent(
    stdin: str, says: str, ban: Callable[..., Any]
) -> None:
    """A file that is not the one of the journal ends with status 2 and no login."""
    with FaultServer() as server:
        assert ban(stdin="".join(VALUES[:2]), url=server.url).exit_code == 0
        result = ban(stdin=stdin, url=server.url)
        assert len(server.logins) == 1
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr


def test_a_longer_input_makes_the_missing_calls(ban: Callable[..., Any]) -> None:
    """What is settled is skipped."""
    with FaultServer() as server:
        ban(stdin="".join(VALUES[:2]), url=server.url)
        assert ban(stdin="".join(VALUES), url=server.url).exit_code == 0
        assert [request.payload["customer_id"] for request in server.requests] == IDS
