"""The settings: flags, variables, defaults."""

import pytest

from rtmcli.settings.definitions import BY_NAME, SETTINGS, Setting

every_setting = pytest.mark.parametrize("setting", SETTINGS, ids=[row.name for row in SETTINGS])

PROFILE_SETTINGS = (
    "api url region token token_file token_command organization_id author_id account_id timezone"
    " reconnect away customer_monitoring_level output timeout max_time window rate ca_file proxy"
    " retry_idempotent verbose"
)


def test_a_profile_may_hold_these_settings() -> None:
    """The list is typed by hand."""
    assert " ".join(row.name for row in SETTINGS if row.in_profile) == PROFILE_SETTINGS


def test_no_flag_takes_a_token() -> None:
    """Arguments are visible to other users, so the token and its command have only variables."""
    assert not BY_NAME["token"].has_flag
    assert not BY_NAME["token_command"].has_flag


@every_setting
def test_a_setting_has_a_variable(setting: Setting) -> None:
    """RTM_ and the name in capitals."""
    assert setting.envvar == f"RTM_{setting.name.upper()}"


@every_setting
def test_a_default_is_a_value_of_its_type(setting: Setting) -> None:
    """The formatted default parses as the default."""
    if setting.default is not None:
        assert setting.type.parse(setting.type.format(setting.default)) == setting.default


@every_setting
def test_a_flag_is_the_name_with_hyphens(setting: Setting) -> None:
    """A switch has a negative flag, too."""
    flag = "--" + setting.name.replace("_", "-")
    switch = f"{flag}/--no-{setting.name.replace('_', '-')}"
    assert setting.option == (flag if setting.type.metavar else switch)


def test_names_are_unique() -> None:
    """One row for each setting."""
    assert len(BY_NAME) == len(SETTINGS)
