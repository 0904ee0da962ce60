"""The registry: every command can be made, by one name or two spellings."""

import json

import pytest

from rtmcli.catalogue.model import Method
from rtmcli.catalogue.v3_0 import API
from rtmcli.cli.registry import (
    BUILTINS,
    command_names,
    did_you_mean,
    load_all_commands,
    load_command,
)


def test_there_are_37_methods_and_the_builtins() -> None:
    """Names are unique; the methods come first, in the reference's order."""
    methods = [method.command for method in API.methods.values()]
    assert command_names(API) == [*methods, *BUILTINS]
    assert len(set(command_names(API))) == len(command_names(API)) == 37 + len(BUILTINS)


def test_every_command_can_be_made() -> None:
    """Each has its name and a summary."""
    commands = load_all_commands(API)
    assert [command.name for command in commands] == command_names(API)
    assert all(command.summary for command in commands)


@pytest.mark.parametrize("method", API.methods.values(), ids=lambda method: method.command)
def test_a_method_gives_its_command_the_summary(method: Method) -> None:
    """One sentence, in the list of commands and in the command's help."""
    command = load_command(API, method.command)
    assert command
    assert command.summary == method.summary


def test_a_methods_command_has_help_and_runs(capfd: pytest.CaptureFixture[str]) -> None:
    """Its help shows the method's example; it runs the method's call."""
    command = load_command(API, "ban-customer")
    assert command
    assert "rtm ban-customer --customer-id" in command.render_help()
    command.main(["--skeleton"], standalone_mode=False)
    assert json.loads(capfd.readouterr().out) == API.methods["ban_customer"].example


@pytest.mark.parametrize(
    ("spelled", "name"),
    [
        ("ban-customer", "ban-customer"),
        ("ban_customer", "ban-customer"),
        ("help", "help"),
        ("Ban-Customer", None),
        ("set_customers", None),
        ("", None),
    ],
)
def test_hyphens_and_underscores_are_equal(spelled: str, name: str | None) -> None:
    """An action's own spelling names its command; no other spelling does."""
    command = load_command(API, spelled)
    assert (command.name if command else None) == name


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("ban_custmer", "; did you mean ban-customer?"),
        ("set_customers", "; did you mean get-customers or update-customer?"),
        ("xyzzy", "; see rtm --help"),
    ],
)
def test_a_wrong_name_gets_a_hint(name: str, hint: str) -> None:
    """The most similar commands, or those that replace an action of the old API."""
    assert did_you_mean(API, name) == hint
