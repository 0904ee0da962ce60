"""Recipes in the names of each version."""

from rtmcli.catalogue.versions import load
from rtmcli.cli.help.recipes.recipe import Recipe

RECIPE = Recipe(
    "close",
    "Close chats.",
    "",
    """
    rtm close-thread \\
      --chat-id A
    rtm tag-chat-thread --chat-id A
    """,
)


def test_statements_are_translated() -> None:
    """Also the flags on the lines that continue one, and no other command."""
    assert RECIPE.code_for(load("3.0")) == (
        "rtm close-thread \\\n  --chat-id A\nrtm tag-chat-thread --chat-id A"
    )
    assert RECIPE.code_for(load("3.6")) == (
        "rtm deactivate-chat \\\n  --id A\nrtm tag-thread --chat-id A"
    )


def test_a_version_may_have_its_own_code() -> None:
    """It is shown as it is."""
    recipe = RECIPE._replace(code_of_version={"3.6": "\n  rtm list-chats\n"})
    assert recipe.code_for(load("3.6")) == "rtm list-chats"
    assert recipe.code_for(load("3.0")) == RECIPE.code_for(load("3.0"))
