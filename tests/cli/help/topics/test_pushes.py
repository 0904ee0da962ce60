"""The topic about pushes, compared with the catalogue."""

from support.reference import every_api

from rtmcli.catalogue.api import Api
from rtmcli.cli.help.topic_registry import format_topic


@every_api
def test_every_push_is_listed_with_its_members(api: Api) -> None:
    """The text has each name and each member of its payload."""
    words = set(format_topic(api, "pushes").replace(",", " ").split())
    assert {push.name for push in api.pushes} <= words
    assert {member for push in api.pushes for member in push.payload_fields} <= words
