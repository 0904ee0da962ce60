"""The topics of `rtm help`, compared with the program."""

import re

import pytest
from support.reference import every_api

from rtmcli import errors
from rtmcli.catalogue.api import Api
from rtmcli.cli.help.blocks import CodeBlock
from rtmcli.cli.help.topic_registry import TOPICS, format_topic, topic_blocks
from rtmcli.cli.help.topics.exit_statuses import ERROR_MEANINGS
from rtmcli.cli.options import Option
from rtmcli.cli.registry import command_names, load_command
from rtmcli.settings.definitions import SETTINGS


def flags_of(api: Api, name: str) -> set[str]:
    """Return the flags of a command."""
    command = load_command(api, name)
    assert command is not None
    rows = [row for row in command.cli_params if isinstance(row, Option)]
    return {"--help", *(flag for row in rows for flag in row.all_flags)}


def test_topic_names() -> None:
    """The names are stable: scripts and help pages refer to them."""
    assert list(TOPICS) == [
        "recipes",
        "api-versions",
        "exit-statuses",
        "payload",
        "streams",
        "journal",
        "listen",
        "events",
        "pushes",
        "connection",
        "tokens",
        "environment",
        "sandbox-choices",
    ]


def test_every_error_has_a_meaning() -> None:
    """The meanings are in the order of the exit statuses."""
    assert set(ERROR_MEANINGS) == {errors.RtmError, *errors.RtmError.__subclasses__()}
    statuses = [error.exit_code for error in ERROR_MEANINGS]
    assert statuses == sorted(statuses)


@every_api
@pytest.mark.parametrize("name", TOPICS)
def test_examples_use_existing_commands_and_flags(api: Api, name: str) -> None:
    """The examples in a topic can be run."""
    lines = [
        line
        for part in topic_blocks(api, name)
        if isinstance(part, CodeBlock)
        for line in part.lines
    ]
    for line in lines:
        for command, rest in re.findall(r"\brtm ([a-z-]+)((?:(?! -- )[^|;#])*)", line):
            assert command in command_names(api)
            assert set(re.findall(r"--[a-z-]+", rest)) <= flags_of(api, command)


@every_api
@pytest.mark.parametrize("name", TOPICS)
def test_references_are_valid(api: Api, name: str) -> None:
    """Each `rtm COMMAND` and `--flag` in a text exists."""
    text = format_topic(api, name)
    every_flag = set().union(*(flags_of(api, command) for command in command_names(api)))
    for command in re.findall(r"\brtm ([a-z]+(?:-[a-z]+)*)", text):
        assert command in command_names(api)
    # Placeholders, and a flag of jq.
    other_flags = {"--some-path", "--force", "--no-force", "--unbuffered"}
    assert set(re.findall(r"(?<![\w-])--[a-z-]+[a-z]", text)) <= every_flag | other_flags


@every_api
def test_the_environment_lists_every_variable(api: Api) -> None:
    """These are the variables of settings that are not hidden, and some others."""
    text = format_topic(api, "environment")
    for setting in SETTINGS:
        assert (setting.envvar in text) is not setting.hidden
    for variable in ("RTM_CONFIG", "RTM_ERROR_FORMAT", "NO_COLOR", "SSL_CERT_FILE"):
        assert variable in text


@every_api
def test_pushes_in_examples_exist(api: Api) -> None:
    """They are in the catalogue."""
    pushes = {push.name for push in api.pushes}
    assert set(re.findall(r"--action ([a-z_]+)", format_topic(api, "listen"))) <= pushes
