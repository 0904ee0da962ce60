"""Write examples, which are those of the default version, in the names of another version."""

import re

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.model import Renamed
from rtmcli.catalogue.versions import DEFAULT_VERSION

_COMMAND = r"\brtm (?P<command>[a-z][a-z-]*[a-z])(?P<rest>[^|;]*)"


def translate(api: Api, text: str) -> str:
    """Rename commands with their flags and JSON members, actions and pushes in a text."""
    if api.version == DEFAULT_VERSION:
        return text
    [renames] = [each for each in api.load_renames() if each.version == DEFAULT_VERSION]

    def translate_command(match: re.Match[str]) -> str:
        action = match["command"].replace("-", "_")
        renamed = renames.actions.get(action)
        new_action = renamed.names[0] if renamed and renamed.names else action
        rest = match["rest"]
        for path, param in renames.params.get(new_action, {}).items():
            rest = _rename_param(path, param, rest)
        return f"rtm {new_action.replace('_', '-')}{rest}"

    text = re.sub(_COMMAND, translate_command, text)
    for names in (renames.actions, renames.pushes):
        for name, renamed in names.items():
            if renamed.names:
                text = re.sub(rf"\b{name}\b", renamed.names[0], text)
    return text


def _rename_param(path: str, param: Renamed, rest: str) -> str:
    if not param.names:
        return rest
    old_flag, new_flag = (
        "--" + name.replace(".", "-").replace("_", "-") for name in (path, param.names[0])
    )
    rest = re.sub(rf"{old_flag}\b(?!-)", new_flag, rest)
    return re.sub(rf'"{path}"', f'"{param.names[0]}"', rest)
