"""System messages: their texts and variables."""

import string

import pytest

from rtmcli.sandbox import system_messages


@pytest.mark.parametrize("kind", system_messages.TEMPLATES)
def test_a_text_contains_all_its_variables(kind: str) -> None:
    """text is rendered, text_vars has the variables; there is no author."""
    wanted = string.Formatter().parse(system_messages.TEMPLATES[kind])
    variables = {name: f"<{name}>" for _, name, _, _ in wanted if name}
    message = system_messages.build_event(kind, variables)

    assert all(value in str(message["text"]) for value in variables.values())
    assert message["text_vars"] == variables
    assert message["system_message_type"] == kind
    assert (message["type"], message["recipients"]) == ("system_message", "all")
    assert "author_id" not in message
