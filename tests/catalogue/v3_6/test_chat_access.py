"""Test the chapter "Chat access"."""

import pytest

from rtmcli.catalogue.v3_6.chat_access import CHAPTER
from rtmcli.protocol.validation import PayloadValidator

[TRANSFER] = CHAPTER.methods


@pytest.mark.parametrize(
    ("target", "missing"),
    [
        ({}, ["target.type", "target.ids"]),
        ({"type": "group"}, ["target.ids"]),
        ({"type": "group", "ids": [1, 2]}, []),
        ({"type": "agent", "ids": ["smith@example.com"]}, []),
        ({"type": "bot", "ids": [1]}, ["target.type"]),
    ],
)
def test_a_target_requires_type_and_ids(target: dict[str, object], missing: list[str]) -> None:
    """Ids of groups are integers, ids of agents e-mail addresses."""
    problems = PayloadValidator(TRANSFER).validate({"id": "QCH4N1AB2C", "target": target})
    assert [problem.path for problem in problems] == missing


def test_a_transfer_target_is_optional() -> None:
    """Without a target the chat is transferred within its group."""
    assert PayloadValidator(TRANSFER).validate({"id": "QCH4N1AB2C"}) == []


def test_a_transfer_may_cause_six_pushes() -> None:
    """One is to be waited for."""
    assert TRANSFER.push == "chat_transferred"
    assert len(TRANSFER.other_pushes) == 5
