"""`rtm help journal` describes what is written."""

import json
from collections.abc import Iterable

from rtmcli.catalogue.v3_0 import API
from rtmcli.cli.help.blocks import Table
from rtmcli.cli.help.topics.journal import blocks
from rtmcli.flows.stream.journal.entries import (
    STATUSES,
    Header,
    Intent,
    encode_header,
    encode_intent,
    encode_outcome,
)


def terms(title: str) -> set[str]:
    """Return the terms of a table of the topic."""
    [table] = [
        block for block in blocks(API) if isinstance(block, Table) and block.section.title == title
    ]
    return {term for entry in table.section.entries for term in entry[0].split(", ")}


def members(lines: Iterable[bytes]) -> set[str]:
    """Return the names of the members of lines."""
    return {name for line in lines for name in json.loads(line)}


def test_every_member_of_a_line_is_described() -> None:
    """And no other."""
    lines = [
        encode_header(Header("3.0", None, None, None, {})),
        encode_intent(Intent(1, b"", "")),
        encode_outcome(1, "ok", type="x", answer={}),
    ]
    assert terms("Lines") == members(lines)


def test_every_status_is_described() -> None:
    """With what the next run does."""
    assert terms("Status in the journal") == {*STATUSES, "no entry", "or none yet"}
