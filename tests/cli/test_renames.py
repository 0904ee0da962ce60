"""Names of another version are answered with what to use."""

import pytest

from rtmcli.catalogue.versions import VERSIONS, load
from rtmcli.cli.renames import command_hint, flag_hint, param_hint, push_hint

ALL_ACTIONS = {action for version in VERSIONS for action in load(version).methods}
ALL_PUSHES = {push.name for version in VERSIONS for push in load(version).pushes}


@pytest.mark.parametrize("version", VERSIONS)
def test_every_name_of_another_version_has_an_answer(version: str) -> None:
    """Commands and pushes; names of this version have none."""
    api = load(version)
    own_pushes = {push.name for push in api.pushes}
    for action in ALL_ACTIONS - set(api.methods):
        assert f"in API {version} " in command_hint(api, action)
    for action in api.methods:
        assert command_hint(api, action) == ""
    for name in ALL_PUSHES - own_pushes:
        assert f"in API {version} " in push_hint(api, name)


@pytest.mark.parametrize(
    ("version", "command", "hint"),
    [
        (
            "3.0",
            "list-chats",
            (
                "list-chats belongs to API 3.6 (rtm --api 3.6 list-chats); "
                "in API 3.0 it is get-chats-summary"
            ),
        ),
        (
            "3.6",
            "set_access",
            (
                "set-access belongs to API 3.0 (rtm --api 3.0 set-access); "
                "in API 3.6 it is transfer-chat: transfer the chat to the group"
            ),
        ),
        (
            "3.6",
            "create-customer",
            (
                "create-customer belongs to API 3.0 (rtm --api 3.0 create-customer); "
                "in API 3.6 there is none"
            ),
        ),
        ("3.6", "xyzzy", ""),
    ],
)
def test_a_command_of_another_version(version: str, command: str, hint: str) -> None:
    """The hint names both ways on."""
    assert command_hint(load(version), command) == hint


@pytest.mark.parametrize(
    ("version", "action", "path", "hint"),
    [
        ("3.6", "ban_customer", "customer_id", "customer_id is called id in API 3.6 (--id)"),
        ("3.0", "ban_customer", "id", "id is called customer_id in API 3.0 (--customer-id)"),
        ("3.6", "login", "push_notifications", "push_notifications is not in API 3.6"),
        ("3.6", "ban_customer", "colour", ""),
    ],
)
def test_a_parameter_of_another_version(version: str, action: str, path: str, hint: str) -> None:
    """Its name in this version, and its flag."""
    assert param_hint(load(version), action, path) == hint


@pytest.mark.parametrize(
    ("version", "flag", "hint"),
    [
        ("3.0", "--organization-id", "it is an option of API 3.6, and this is API 3.0"),
        ("3.0", "--no-away", "it is an option of API 3.6, and this is API 3.0"),
        ("3.6", "--author-id", "it is an option of API 3.0, and this is API 3.6"),
        ("3.6", "--customer-id", "customer_id is called id in API 3.6 (--id)"),
        ("3.6", "--colour", ""),
    ],
)
def test_a_flag_of_another_version(version: str, flag: str, hint: str) -> None:
    """Options of connections, and flags of parameters."""
    assert flag_hint(load(version), "ban_customer", flag) == hint
