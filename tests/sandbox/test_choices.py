"""The list of the sandbox's own choices."""

from rtmcli.sandbox.choices import CHOICES


def test_each_choice_is_one_sentence() -> None:
    """A choice can be printed on its own: one line, ended by a full stop."""
    for choice in CHOICES:
        assert choice.endswith(".")
        assert "\n" not in choice
        assert ". " not in choice

    assert len(set(CHOICES)) == len(CHOICES)
