"""The list of undocumented behavior."""

from rtmcli.sandbox.undocumented import UNDOCUMENTED_BEHAVIOR


def test_each_choice_is_one_sentence() -> None:
    """Each entry is one line that ends with a period."""
    for choice in UNDOCUMENTED_BEHAVIOR:
        assert choice.endswith(".")
        assert "\n" not in choice
        assert ". " not in choice

    assert len(set(UNDOCUMENTED_BEHAVIOR)) == len(UNDOCUMENTED_BEHAVIOR)
