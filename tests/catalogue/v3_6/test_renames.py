"""Test the map of names of v3.0."""

from rtmcli.catalogue.v3_6.renames import RENAMES

[NAMES] = RENAMES


def test_the_numbers_of_renamed_actions_and_pushes() -> None:
    """Of 37 methods 19 keep their name, of 31 pushes 15; one other has another meaning."""
    assert NAMES.version == "3.0"
    assert (len(NAMES.actions), len(NAMES.pushes)) == (18, 16)
    assert [name for name, renamed in NAMES.actions.items() if not renamed.names] == [
        "revoke_access",
        "create_customer",
        "change_push_notifications",
    ]


def test_an_action_is_mapped_to_its_successor() -> None:
    """A note explains a replacement that is only similar."""
    assert NAMES.actions["close_thread"].names == ("deactivate_chat",)
    assert NAMES.actions["grant_access"].note


def test_a_parameter_is_mapped_within_its_method() -> None:
    """The id of a chat has another name only in some methods."""
    assert NAMES.params["follow_chat"]["chat_id"].names == ("id",)
    assert "chat_id" not in NAMES.params["send_event"]
