"""A recipe: a task and the commands that do it."""

import re
from collections.abc import Mapping
from textwrap import dedent
from typing import NamedTuple

from rtmcli.catalogue.api import Api
from rtmcli.cli.help.translation import translate

_STATEMENT = re.compile(r"(?:[^\n]*\\\n)*[^\n]*\n?")  # a line with those that continue it


class Recipe(NamedTuple):
    """A task; `code` is that of the default version of the API.

    Names are translated to other versions. If payloads differ in more than names, `code_of_version`
    has the whole code of a version.
    """

    name: str
    title: str
    text: str
    code: str = ""
    code_of_version: Mapping[str, str] = {}

    def code_for(self, api: Api) -> str:
        """Return the code for a version of the API."""
        if api.version in self.code_of_version:
            return dedent(self.code_of_version[api.version]).strip("\n")
        statements: list[str] = _STATEMENT.findall(dedent(self.code).strip("\n"))
        return "".join(translate(api, statement) for statement in statements)
