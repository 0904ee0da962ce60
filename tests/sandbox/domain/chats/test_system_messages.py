"""System messages: texts and variables."""

import string

import pytest

from rtmcli.sandbox.domain.chats import system_messages


@pytest.mark.parametrize("message_type", system_messages.TEMPLATES)
def test_a_system_message_has_its_text_and_variables(message_type: str) -> None:
    """The text is rendered, text_vars has the variables; there is no author."""
    fields = string.Formatter().parse(system_messages.TEMPLATES[message_type])
    variables = {name: f"<{name}>" for _, name, _, _ in fields if name}
    message = system_messages.build_event(message_type, variables)

    assert all(value in str(message.fields["text"]) for value in variables.values())
    assert message.fields["text_vars"] == variables
    assert message.fields["system_message_type"] == message_type
    assert (message.type, message.visibility) == ("system_message", "all")
    assert message.author_id == ""
