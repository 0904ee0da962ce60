"""`rtm help events`: its example runs, and it has the members of the version in effect."""

import json
import shlex

import pytest
from support.license_client import LicenseClient, LicenseClient36
from support.reference import every_api

from rtmcli.catalogue.api import Api
from rtmcli.cli import app
from rtmcli.cli.help.blocks import CodeBlock
from rtmcli.cli.help.topic_registry import format_topic
from rtmcli.cli.help.topics.events import blocks

CLIENTS = {"3.0": LicenseClient, "3.6": LicenseClient36}


@every_api
def test_its_examples_run(
    api: Api, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sandbox accepts the rich message and the filter, without a warning."""
    monkeypatch.setenv("RTM_API", api.version)
    for block in blocks(api):
        if isinstance(block, CodeBlock):
            words = shlex.split("\n".join(block.lines).replace("\\\n", " "))[1:]
            assert app.run([*words, "--dry-run"]) == 0
            out, err = capfd.readouterr()
            assert err == ""
            request = json.loads(out)
            CLIENTS[api.version]().call(request["action"], request["payload"])


@every_api
def test_it_describes_the_version_in_effect(api: Api) -> None:
    """Events, elements, filters and other objects."""
    text = format_topic(api, "events")
    objects = api.load_objects()
    for name in (
        *(row.name for row in objects.event_types),
        *(name for name, _ in (*objects.event, *objects.elements)),
        *objects.others,
    ):
        assert f"\n  {name} " in text
