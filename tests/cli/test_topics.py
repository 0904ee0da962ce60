"""The topics of `rtm help`: true to the program."""

import re

import pytest

from rtmcli import errors
from rtmcli.catalogue import API
from rtmcli.cli.app import command_named, names
from rtmcli.cli.options import Option
from rtmcli.cli.topics import MEANINGS, TOPICS, Code, text
from rtmcli.cli.usage import spellings
from rtmcli.settings.rows import SETTINGS


def flags_of(name: str) -> set[str]:
    """Return the flags of a command."""
    command = command_named(name)
    assert command is not None
    rows = [row for row in command.rows if isinstance(row, Option)]
    return {"--help", *(flag for row in rows for flag in spellings(row))}


def test_the_topics_are_the_promised_ones() -> None:
    """Scripts and pages refer to them."""
    assert list(TOPICS) == [
        "exit-statuses",
        "payload",
        "streams",
        "listen",
        "tokens",
        "environment",
        "sandbox-choices",
    ]


def test_every_error_has_a_meaning() -> None:
    """In the order of the exit statuses."""
    assert set(MEANINGS) == {errors.RtmError, *errors.RtmError.__subclasses__()}
    statuses = [error.status for error in MEANINGS]
    assert statuses == sorted(statuses)


@pytest.mark.parametrize("name", TOPICS)
def test_command_lines_name_commands_and_flags_that_exist(name: str) -> None:
    """An example in a topic can be run: its commands and flags are there."""
    lines = [line for part in TOPICS[name].parts() if isinstance(part, Code) for line in part.lines]
    for line in lines:
        for command, rest in re.findall(r"\brtm ([a-z-]+)([^|;#]*)", line):
            assert command in names()
            assert set(re.findall(r"--[a-z-]+", rest)) <= flags_of(command)


@pytest.mark.parametrize("name", TOPICS)
def test_references_lead_somewhere(name: str) -> None:
    """`rtm COMMAND` and `--flag` in a text exist."""
    said = text(name)
    every_flag = set().union(*(flags_of(command) for command in names()))
    for command in re.findall(r"\brtm ([a-z]+(?:-[a-z]+)*)", said):
        assert command in names()
    # Placeholders, and a flag of jq.
    invented = {"--some-path", "--force", "--no-force", "--unbuffered"}
    assert set(re.findall(r"(?<![\w-])--[a-z-]+[a-z]", said)) <= every_flag | invented


def test_the_environment_lists_every_variable() -> None:
    """Those of settings that nobody hides, and those of others."""
    said = text("environment")
    for setting in SETTINGS:
        assert (setting.variable in said) is not setting.hidden
    for variable in ("RTM_CONFIG", "RTM_ERROR_FORMAT", "NO_COLOR", "SSL_CERT_FILE"):
        assert variable in said


def test_actions_that_are_named_exist() -> None:
    """A push in an example is one of the catalogue."""
    pushes = {push.name for push in API.pushes}
    assert set(re.findall(r"--action ([a-z_]+)", text("listen"))) <= pushes
