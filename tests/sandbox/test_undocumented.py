"""The list of the sandbox's own choices."""

from rtmcli.sandbox.undocumented import UNDOCUMENTED_BEHAVIOR


def test_each_choice_is_one_sentence() -> None:
    """A choice can be printed on its own: one line, ended by a full stop."""
    for choice in UNDOCUMENTED_BEHAVIOR:
        assert choice.endswith(".")
        assert "\n" not in choice
        assert ". " not in choice

    assert len(set(UNDOCUMENTED_BEHAVIOR)) == len(UNDOCUMENTED_BEHAVIOR)
