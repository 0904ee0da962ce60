"""The options of `rtm sandbox`, and the help that is made from its tables."""

import pytest
from support.reference import every_api

from rtmcli.catalogue.api import Api
from rtmcli.cli.commands.sandbox_options import CLI_PARAMS, help_text
from rtmcli.sandbox.server import fault_specs
from rtmcli.sandbox.variants import Variant

PARSERS = {row.name: row.type.parse for row in CLI_PARAMS}


def test_scopes_are_separated_by_commas_or_blanks() -> None:
    """The order is kept."""
    assert PARSERS["scopes"]("chats--all:rw, customers:ro") == ["chats--all:rw", "customers:ro"]


def test_an_unknown_scope_is_refused_with_a_suggestion() -> None:
    """It would grant nothing."""
    with pytest.raises(ValueError, match=r"unknown scope customers:rx.*customers:r"):
        PARSERS["scopes"]("customers:rx")


@every_api
def test_the_help_lists_every_fault_option_and_variant(api: Api) -> None:
    """Each has an entry with a text."""
    sections = {each.title: each.entries for each in help_text(api).trailing_sections}
    terms = [entry.term.partition("=")[0] for entry in sections["A FAULT"]]
    assert terms == [kind.name for kind in fault_specs.FAULT_TYPES.values()]
    assert [entry.term for entry in sections["An OPTION"]] == list(fault_specs.OPTIONS)
    assert [entry.term for entry in sections["A VARIANT"]] == [each.value for each in Variant]
    assert all(entry.text for title in ("A FAULT", "A VARIANT") for entry in sections[title])
