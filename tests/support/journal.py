"""Journals for tests: opened as the command does, and read without the project's code."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from rtmcli.flows.stream.journal.entries import Header
from rtmcli.flows.stream.journal.file import JournalFile
from rtmcli.flows.stream.journal.journal import Journal, JournalOptions

DEFAULT_OPTIONS = JournalOptions()
SETTLED = ("ok", "refused")


def open_journal(
    path: Path,
    options: JournalOptions = DEFAULT_OPTIONS,
    *,
    method: str | None = None,
    added: Any = None,
    read_only: bool = False,
) -> Journal:
    """Open a journal of whole requests, or of a method."""
    file = JournalFile(str(path), is_trusted=lambda _: True, read_only=read_only)
    return Journal(file, Header("3.0", method, None, None, added or {}), options, lambda line: line)


def entries(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a journal without its header."""
    return [json.loads(line) for line in path.read_bytes().splitlines()[1:]]


def statuses(path: Path) -> dict[int, str]:
    """Return the status of each value; "unknown" for an intent without an outcome."""
    return {entry["input"]: entry.get("status", "unknown") for entry in entries(path)}


def unknown_inputs(path: Path) -> list[int]:
    """Return the values whose outcome is unknown."""
    return [number for number, status in statuses(path).items() if status == "unknown"]


def count_statuses(path: Path) -> Counter[str]:
    """Count the values by status."""
    return Counter(statuses(path).values())


def append_outcome(path: Path, number: int, status: str = "ok") -> None:
    """Append an outcome, as a person does who looked."""
    with path.open("a") as file:
        file.write(json.dumps({"input": number, "status": status}) + "\n")
