"""`rtm help`: which page a name leads to."""

import pytest

from rtmcli.cli.commands.help import help_for, man_page, root_help
from rtmcli.cli.help.topics import TOPICS, format_topic
from rtmcli.errors import UsageError


def test_without_a_name_it_is_the_first_page() -> None:
    """As `rtm --help`."""
    assert help_for(None) == root_help()


@pytest.mark.parametrize("name", TOPICS)
def test_a_topic_has_its_text(name: str) -> None:
    """By its name."""
    assert help_for(name) == format_topic(name)


def test_a_command_counts_more_than_a_topic_only_by_name() -> None:
    """`listen` is both: help tells the topic, and --help the command."""
    assert help_for("listen") == format_topic("listen")


def test_either_spelling_of_a_method_leads_to_its_page() -> None:
    """As a command and as an action."""
    assert help_for("ban_customer") == help_for("ban-customer")


def test_an_unknown_name_is_an_error() -> None:
    """With the nearest one."""
    with pytest.raises(UsageError, match="no command or topic paylod; did you mean payload"):
        help_for("paylod")


def test_the_manual_page_is_made_of_all_commands() -> None:
    """Not of some."""
    assert man_page().count(".SS rtm ") >= 40
