"""Only the catalogue and the sandbox may use the names of the API.

The invariants of the catalogue itself are in `conformance/`.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import rtmcli
from rtmcli.catalogue.v3_0 import API
from rtmcli.catalogue.versions import VERSIONS, load

# Literals that are also names of the API: the files in which they may occur, and their meaning.
ALLOWED_LITERALS = {
    "type": ("cli/ flows/listen/ protocol/ session/", "a member of envelopes and records"),
    "name": ("cli/", "a member of records, an attribute of entries"),
    "scopes": ("cli/", "a member of records, an option of the sandbox"),
    "chat_id": ("cli/commands/listen.py", "an option"),
    "token": ("settings/ cli/", "a setting, and a check of the doctor"),
    "timezone": ("settings/", "a setting"),
    "away": ("settings/", "a setting"),
    "reconnect": ("settings/ session/recovery.py", "a setting, and a step of recovery"),
    "login": (
        "flows/doctor.py session/login.py cli/commands/doctor.py cli/commands/listen.py",
        "a step of connecting",
    ),
    "ping": ("flows/doctor.py cli/commands/doctor.py", "a check of the doctor"),
    "internal": ("errors.py", "a bug in this program"),
    "license": ("flows/stream/journal/", "a member of a journal's first line"),
    "properties": ("protocol/asyncapi.py protocol/json_schema.py", "a keyword of JSON Schema"),
    "limit": ("cli/commands/methods.py", "a key of `rtm methods --json`"),
}


def member_names(names: tuple[str, ...]) -> set[str]:
    """Remove the marks of optional members."""
    return {name.removesuffix("?") for name in names}


def api_names() -> set[str]:
    """Return the names that only the catalogue and the sandbox may use.

    Of versions other than the default, only actions and pushes: names of their parameters, such
    as `status`, are also words of this program.
    """
    names = {
        API.version,
        API.path,
        API.ping_action,
        *API.error_types_by_name,
        *API.disconnect_reasons_by_name,
    }
    for version in VERSIONS:
        api = load(version)
        names |= {*api.methods, *(push.name for push in api.pushes)}
    for method in API.methods.values():
        names |= {
            method.action,
            *(param.path for param in method.params),
            *member_names(method.response_fields),
        }
    return names


def other_literals() -> Iterator[tuple[str, str]]:
    """Yield the file and text of each string literal in the rest of the package."""
    package = Path(rtmcli.__file__).parent
    for path in package.rglob("*.py"):
        relative_path = path.relative_to(package).as_posix()
        if not relative_path.startswith(("catalogue/", "sandbox/")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield relative_path, node.value


def test_only_the_catalogue_and_the_sandbox_use_names_of_the_api() -> None:
    """The rest reads its facts about an action, push, error or parameter from the catalogue."""
    names, used = api_names(), set()
    for path, text in other_literals():
        if text in names:
            allowed_paths, _ = ALLOWED_LITERALS.get(text, ("none", ""))
            assert path.startswith(tuple(allowed_paths.split())), (path, text)
            used.add(text)
        assert f"v{API.version}" not in text, path
    assert used == ALLOWED_LITERALS.keys()
