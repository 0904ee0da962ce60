"""Test the map of names of v3.6."""

from rtmcli.catalogue.v3_0.renames import RENAMES

[NAMES] = RENAMES


def test_the_numbers_of_actions_and_pushes() -> None:
    """Of 40 methods 21 are not in v3.0, of 62 pushes 46; one other has another meaning."""
    assert NAMES.version == "3.6"
    assert (len(NAMES.actions), len(NAMES.pushes)) == (21, 47)


def test_an_action_is_mapped_to_its_predecessor() -> None:
    """New actions have none."""
    assert NAMES.actions["deactivate_chat"].names == ("close_thread",)
    assert NAMES.actions["send_event_preview"].names == ()
