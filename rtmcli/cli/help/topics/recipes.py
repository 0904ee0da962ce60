"""`rtm help recipes`: a list of the recipes, and each recipe as a section."""

from collections.abc import Iterator, Mapping

from rtmcli.catalogue.api import Api
from rtmcli.cli.help.blocks import Block, CodeBlock, paragraph, table
from rtmcli.cli.help.formatting import name_version
from rtmcli.cli.help.recipes import archives, calls, deployment, pushes
from rtmcli.cli.help.recipes.recipe import Recipe
from rtmcli.cli.help.translation import translate

RECIPES = {
    recipe.name: recipe
    for recipe in (*calls.RECIPES, *archives.RECIPES, *pushes.RECIPES, *deployment.RECIPES)
}
_TEXT_COLUMN = 20


def blocks(api: Api) -> Iterator[Block]:
    """Yield the list of the recipes."""
    yield paragraph(f"""
        Each recipe does one task with API {api.version}; rtm help recipes NAME prints it. The
        scripts are for bash, and most need jq. To try one without an account, run it in the shell
        that {name_version(api, "rtm sandbox -- bash")} starts.
    """)
    yield table(
        "Recipes", _TEXT_COLUMN, *((recipe.name, recipe.title) for recipe in RECIPES.values())
    )


def sections(api: Api) -> Mapping[str, list[Block]]:
    """Return the blocks of each recipe by its name."""
    return {name: list(_recipe_blocks(api, recipe)) for name, recipe in RECIPES.items()}


def _recipe_blocks(api: Api, recipe: Recipe) -> Iterator[Block]:
    yield f"{recipe.name}: {recipe.title}"
    yield translate(api, paragraph(recipe.text))
    if recipe.code:
        yield CodeBlock(tuple(recipe.code_for(api).split("\n")))
