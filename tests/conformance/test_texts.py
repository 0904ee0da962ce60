"""Invariants of the texts of every version."""

import inspect
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from support.reference import REFERENCES, Reference, every_method, every_version, flatten

from rtmcli.catalogue.model import Method
from rtmcli.catalogue.versions import VERSIONS


def texts_of(entry: Any) -> Iterator[str]:
    """Yield all texts of a catalogue entry."""
    if isinstance(entry, str):
        yield entry
    elif isinstance(entry, tuple):
        for part in entry:
            yield from texts_of(part)
    elif isinstance(entry, Mapping):
        yield from texts_of(tuple(entry))
        yield from texts_of(tuple(entry.values()))


@every_method
def test_summary_and_help_are_one_short_sentence(method: Method) -> None:
    """They begin with a capital or a digit, end with a period and fit on a line."""
    for text in [method.summary, *(param.help for _, param in flatten(method.params))]:
        assert re.fullmatch(r"[A-Z1-9].*[^.]\.|webview, .*\.", text), text
        assert len(text) <= 70, text
        assert "\n" not in text


@every_method
def test_details_and_notes_are_sentences(method: Method) -> None:
    """The messages of rules and the conditions are not, as they are parts of a text."""
    for text in (method.details, method.retry_note, method.scopes_note):
        assert not text or re.fullmatch(r"[A-Z].*\.|[a-z]+[-_].*\.", text), text
    for text in (
        *(rule.message for rule in method.rules),
        *method.scope_conditions.values(),
        *method.optional_scopes.values(),
        *method.other_pushes.values(),
        method.push_condition,
    ):
        assert not text.endswith(".")


@every_version
def test_the_summary_of_a_push_is_one_sentence(reference: Reference) -> None:
    """It fits on a line."""
    for push in reference.api.pushes:
        assert re.fullmatch(r"[A-Z][^.\n]{10,90}\.", push.summary), push.summary


@every_version
def test_actions_and_commands_correspond(reference: Reference) -> None:
    """A command is its action with hyphens, and the mapping is reversible."""
    for action, method in reference.api.methods.items():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", action)
        assert method.command.replace("-", "_") == action


@every_version
def test_texts_have_no_extra_white_space(reference: Reference) -> None:
    """At the beginning, at the end or between words."""
    api = reference.api
    for text in texts_of((api.methods.chapters, api.pushes, api.errors, api.reasons)):
        assert text == " ".join(text.split()), text


@pytest.mark.parametrize(
    ("version", "number"),
    [
        (version, number)
        for version, reference in REFERENCES.items()
        for number in reference.discrepancies.split()
    ],
)
def test_each_discrepancy_is_cited_in_a_comment(version: str, number: str) -> None:
    """The comment explains the decision next to the entry."""
    folder = Path(inspect.getfile(import_module(VERSIONS[version]))).parent
    source = "".join(path.read_text() for path in folder.glob("*.py"))
    comments = [line.partition("#")[2] for line in source.splitlines() if "#" in line]
    assert any(re.search(rf"\b{number}\b", comment) for comment in comments)
