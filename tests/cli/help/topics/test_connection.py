"""`rtm help connection`: every option, with its variable and its default."""

from support.reference import every_api

from rtmcli.catalogue.api import Api
from rtmcli.cli.help.topic_registry import format_topic
from rtmcli.cli.options import CONNECTION_OPTIONS, known_options
from rtmcli.settings.definitions import SETTINGS, Group


@every_api
def test_it_describes_every_option_that_connects(api: Api) -> None:
    """With variables and defaults; those of other versions are left out."""
    text = " ".join(format_topic(api, "connection").split())
    for option in [row for row in CONNECTION_OPTIONS if not row.hidden]:
        is_known = option in known_options(api, [option])
        assert (f"env: {option.envvar}" in text) is is_known
        assert not is_known or option.default in text


@every_api
def test_it_names_the_settings_without_a_flag(api: Api) -> None:
    """Such as the token, which no argument may contain."""
    text = format_topic(api, "connection")
    for setting in SETTINGS:
        if setting.group is Group.CONNECTION and not (setting.has_flag or setting.hidden):
            assert setting.envvar in text
