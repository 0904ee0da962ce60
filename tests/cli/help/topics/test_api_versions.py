"""The topic about versions, compared with the catalogue."""

import pytest
from support.reference import every_api

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.versions import VERSIONS
from rtmcli.cli.help.topic_registry import format_topic


@every_api
def test_every_renamed_method_and_push_is_listed(api: Api) -> None:
    """With its names in the version of the help."""
    words = set(format_topic(api, "api-versions").replace(",", " ").split())
    for renames in api.load_renames():
        assert {*renames.actions, *renames.pushes} <= words


@every_api
@pytest.mark.parametrize("version", VERSIONS)
def test_the_versions_are_named(api: Api, version: str) -> None:
    """So that a user knows what --api accepts."""
    assert version in format_topic(api, "api-versions")
