"""The topics of `rtm help`: true to the program."""

import re

import pytest

from rtmcli import errors
from rtmcli.catalogue import API
from rtmcli.cli.help.topics import ERROR_MEANINGS, TOPICS, CodeBlock, format_topic
from rtmcli.cli.options import Option
from rtmcli.cli.registry import command_names, load_command
from rtmcli.settings.definitions import SETTINGS


def flags_of(name: str) -> set[str]:
    """Return the flags of a command."""
    command = load_command(name)
    assert command is not None
    rows = [row for row in command.cli_params if isinstance(row, Option)]
    return {"--help", *(flag for row in rows for flag in row.all_flags)}


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
    assert set(ERROR_MEANINGS) == {errors.RtmError, *errors.RtmError.__subclasses__()}
    statuses = [error.exit_code for error in ERROR_MEANINGS]
    assert statuses == sorted(statuses)


@pytest.mark.parametrize("name", TOPICS)
def test_command_lines_name_commands_and_flags_that_exist(name: str) -> None:
    """An example in a topic can be run: its commands and flags are there."""
    lines = [
        line for part in TOPICS[name].blocks() if isinstance(part, CodeBlock) for line in part.lines
    ]
    for line in lines:
        for command, rest in re.findall(r"\brtm ([a-z-]+)([^|;#]*)", line):
            assert command in command_names()
            assert set(re.findall(r"--[a-z-]+", rest)) <= flags_of(command)


@pytest.mark.parametrize("name", TOPICS)
def test_references_lead_somewhere(name: str) -> None:
    """`rtm COMMAND` and `--flag` in a text exist."""
    said = format_topic(name)
    every_flag = set().union(*(flags_of(command) for command in command_names()))
    for command in re.findall(r"\brtm ([a-z]+(?:-[a-z]+)*)", said):
        assert command in command_names()
    # Placeholders, and a flag of jq.
    invented = {"--some-path", "--force", "--no-force", "--unbuffered"}
    assert set(re.findall(r"(?<![\w-])--[a-z-]+[a-z]", said)) <= every_flag | invented


def test_the_environment_lists_every_variable() -> None:
    """Those of settings that nobody hides, and those of others."""
    said = format_topic("environment")
    for setting in SETTINGS:
        assert (setting.envvar in said) is not setting.hidden
    for variable in ("RTM_CONFIG", "RTM_ERROR_FORMAT", "NO_COLOR", "SSL_CERT_FILE"):
        assert variable in said


def test_actions_that_are_named_exist() -> None:
    """A push in an example is one of the catalogue."""
    pushes = {push.name for push in API.pushes}
    assert set(re.findall(r"--action ([a-z_]+)", format_topic("listen"))) <= pushes
