"""The topic `recipes`."""

import pytest
from support.process import require_program, run_shell
from support.reference import every_api

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.v3_0 import API
from rtmcli.cli.help.topic_registry import format_topic
from rtmcli.cli.help.topics.recipes import RECIPES
from rtmcli.errors import UsageError

_NOT_SHELL = ("systemd", "github-actions")


@every_api
def test_the_topic_lists_the_recipes(api: Api) -> None:
    """Each by its name and title."""
    text = format_topic(api, "recipes")
    for recipe in RECIPES.values():
        assert f"\n  {recipe.name} " in text
    assert f"API {api.version}" in text
    assert ("--api 3.6 sandbox" in " ".join(text.split())) is (api.version == "3.6")


@every_api
@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_fits_on_a_terminal(api: Api, name: str) -> None:
    """Its lines have at most 80 columns, and its page at most 30 lines."""
    lines = format_topic(api, "recipes", section=name).splitlines()
    assert lines[0] == f"{name}: {RECIPES[name].title}"
    assert max(map(len, lines)) <= 80
    assert len(lines) <= 30


@every_api
def test_recipes_can_be_pasted_with_their_indentation(api: Api) -> None:
    """They are valid in bash, and have no here-document, whose end must not be indented."""
    require_program("bash")
    for name, recipe in RECIPES.items():
        if recipe.code and name not in _NOT_SHELL:
            assert "<<" not in recipe.code_for(api)
            script = f"set -n\n{recipe.code_for(api)}"
            assert run_shell(script).returncode == 0, name


def test_an_unknown_recipe_is_an_error() -> None:
    """With a suggestion, or the list."""
    with pytest.raises(UsageError, match=r"unexpected argument robo; did you mean robot"):
        format_topic(API, "recipes", section="robo")
    with pytest.raises(UsageError, match=r"unexpected argument xyz; see rtm help recipes"):
        format_topic(API, "recipes", section="xyz")
