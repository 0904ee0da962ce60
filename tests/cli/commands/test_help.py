"""`rtm help`: commands, topics, the manual page."""

import pytest

from rtmcli.catalogue.v3_0 import API
from rtmcli.cli.commands.help import help_for, man_page, root_help
from rtmcli.cli.help.topic_registry import TOPICS, format_topic
from rtmcli.errors import UsageError


def test_without_a_name_it_is_the_root_help() -> None:
    """Like `rtm --help`."""
    assert help_for(API, None) == root_help(API)


@pytest.mark.parametrize("name", TOPICS)
def test_a_topic_has_its_text(name: str) -> None:
    """The name leads to it."""
    assert help_for(API, name) == format_topic(API, name)


def test_a_topic_takes_precedence_over_a_command() -> None:
    """`listen` is both; `rtm listen --help` shows the command."""
    assert help_for(API, "listen") == format_topic(API, "listen")


def test_all_options_are_those_of_the_command() -> None:
    """`rtm help listen --all`, as the page of `listen` says; a topic has no options."""
    assert "--timeout DURATION" in help_for(API, "listen", folded=False)
    assert help_for(API, "tokens", folded=False) == format_topic(API, "tokens")


def test_hyphens_and_underscores_are_equal() -> None:
    """As a command and as an action."""
    assert help_for(API, "ban_customer") == help_for(API, "ban-customer")


def test_an_unknown_name_is_an_error() -> None:
    """With a suggestion."""
    with pytest.raises(UsageError, match="unknown command or topic paylod; did you mean payload"):
        help_for(API, "paylod")


def test_a_recipe_is_printed_alone() -> None:
    """Other topics and commands have no sections."""
    assert help_for(API, "recipes", section="kafka") == format_topic(
        API, "recipes", section="kafka"
    )
    for name in ("tokens", "ban-customer"):
        with pytest.raises(UsageError, match=f"unexpected argument kafka; see rtm help {name}"):
            help_for(API, name, section="kafka")


def test_the_manual_page_has_all_commands() -> None:
    """A section for each."""
    assert man_page(API).count(".SS rtm ") >= 40
