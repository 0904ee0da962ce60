"""The list of undocumented behavior."""

import pytest

from rtmcli.sandbox.undocumented import undocumented_behavior
from rtmcli.sandbox.versions import VERSIONS


@pytest.mark.parametrize("version", VERSIONS)
def test_each_choice_is_one_sentence(version: str) -> None:
    """Each entry is one line that ends with a period."""
    choices = undocumented_behavior(version)
    for choice in choices:
        assert choice.endswith(".")
        assert "\n" not in choice
        assert ". " not in choice

    assert len(set(choices)) == len(choices) > 30
