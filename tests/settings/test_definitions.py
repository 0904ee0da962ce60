"""The settings: each row has a variable, and its default fits its kind."""

import pytest

from rtmcli.settings.definitions import BY_NAME, SETTINGS, Setting

every_setting = pytest.mark.parametrize("setting", SETTINGS, ids=[row.name for row in SETTINGS])

PROFILE_SETTINGS = (
    "url region token token_file token_command author_id timezone reconnect timeout max_time"
    " window rate ca_file proxy retry_idempotent verbose"
)


def test_a_profile_holds_these_settings() -> None:
    """What a profile may hold is a list typed by hand."""
    assert " ".join(row.name for row in SETTINGS if row.in_profile) == PROFILE_SETTINGS


def test_no_flag_takes_a_token() -> None:
    """Arguments are public, so the token and the command that prints it have variables only."""
    assert not BY_NAME["token"].has_flag
    assert not BY_NAME["token_command"].has_flag


@every_setting
def test_a_setting_has_a_variable(setting: Setting) -> None:
    """The variable is the name in capitals, after RTM_."""
    assert setting.envvar == f"RTM_{setting.name.upper()}"


@every_setting
def test_a_default_is_a_value_of_its_kind(setting: Setting) -> None:
    """What is shown of a default reads as the default."""
    if setting.default is not None:
        assert setting.type.parse(setting.type.format(setting.default)) == setting.default


@every_setting
def test_a_flag_is_the_name_with_hyphens(setting: Setting) -> None:
    """A switch has two forms, of which one is negative."""
    flag = "--" + setting.name.replace("_", "-")
    switch = f"{flag}/--no-{setting.name.replace('_', '-')}"
    assert setting.option == (flag if setting.type.metavar else switch)


def test_names_are_unique() -> None:
    """One row a setting."""
    assert len(BY_NAME) == len(SETTINGS)
