"""The AsyncAPI document of a version, also read by the official parser."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from support.process import require_program

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.service import REGIONS
from rtmcli.catalogue.versions import VERSIONS, load
from rtmcli.protocol.asyncapi import document
from rtmcli.protocol.messages import Request

NODE_MODULES = Path(__file__).parents[2] / ".node" / "node_modules"  # installed by .ci/run
_PARSE = """
const { Parser } = require('@asyncapi/parser');
(async () => {
  for (const text of JSON.parse(require('fs').readFileSync(0, 'utf8'))) {
    const { document, diagnostics } = await new Parser().parse(text);
    const problems = diagnostics.filter((each) => each.code !== 'asyncapi-latest-version');
    const operations = document ? document.operations().all().map((each) => each.id()) : [];
    console.log(JSON.stringify({ problems: problems.map((each) => each.message), operations }));
  }
})();
"""

every_version = pytest.mark.parametrize(
    "api", [load(version) for version in VERSIONS], ids=VERSIONS
)


def message_schema(api: Api, name: str) -> Draft7Validator:
    """Return a validator of the whole message."""
    payload: Any = document(api)["components"]["messages"][name]["payload"]
    return Draft7Validator(payload)


@every_version
def test_each_method_is_an_operation_with_a_reply(api: Api) -> None:
    """A request, a response or an error; all pushes are messages of one more operation."""
    operations = document(api)["operations"]
    channel = "#/channels/rtm/messages"
    assert [*operations] == [*api.methods, "receive_pushes"]
    for action in api.methods:
        operation = operations[action]
        assert operation["action"] == "send"
        assert operation["messages"] == [{"$ref": f"{channel}/{action}_request"}]
        replies = (f"{action}_response", "error_response")
        assert operation["reply"]["messages"] == [{"$ref": f"{channel}/{name}"} for name in replies]
    pushes = operations["receive_pushes"]
    assert pushes["action"] == "receive"
    names = [f"{push.name}_push" for push in api.pushes]
    assert pushes["messages"] == [{"$ref": f"{channel}/{name}"} for name in names]


@every_version
def test_every_message_of_the_channel_is_defined(api: Api) -> None:
    """No name is used for two messages."""
    whole = document(api)
    messages = whole["components"]["messages"]
    assert [*whole["channels"]["rtm"]["messages"]] == [*messages]
    assert len(messages) == 1 + 2 * len(api.methods) + len(api.pushes)


@every_version
def test_servers_and_address_are_those_of_the_api(api: Api) -> None:
    """Its regions, path and query."""
    whole = document(api)
    assert whole["info"]["version"] == api.version
    assert {name: server["host"] for name, server in whole["servers"].items()} == REGIONS
    channel = whole["channels"]["rtm"]
    assert channel["address"] == api.path
    query = channel["bindings"]["ws"]["query"]["properties"] if api.query_params else {}
    assert tuple(query) == api.query_params


@every_version
def test_examples_are_valid_requests(api: Api) -> None:
    """An action of another method is not."""
    fields = dict.fromkeys(api.request_fields, "x")
    for method in api.methods.values():
        schema = message_schema(api, f"{method.action}_request")
        envelope = Request(method.action, method.example, "1", fields).envelope()
        assert [*schema.iter_errors(envelope)] == []
        assert not schema.is_valid({**envelope, "action": "other"})


def test_responses_and_pushes_need_their_members() -> None:
    """A mark makes a member optional; an error is a message of its own."""
    api = load("3.0")
    closed = {"chat_id": "C", "thread_id": "T"}
    push = {"type": "push", "action": "thread_closed", "payload": closed}
    schema = message_schema(api, "thread_closed_push")
    assert schema.is_valid(push)
    assert schema.is_valid({**push, "request_id": "1", "payload": {**closed, "user_id": "U"}})
    assert not schema.is_valid({**push, "payload": {"chat_id": "C"}})
    error = {"type": "validation", "message": "no"}
    response = {"type": "response", "action": "logout", "request_id": "1", "success": True}
    failure = {**response, "success": False, "payload": {"error": error}}
    assert message_schema(api, "logout_response").is_valid(response)
    assert not message_schema(api, "logout_response").is_valid(failure)
    assert message_schema(api, "error_response").is_valid(failure)
    assert not message_schema(api, "send_event_response").is_valid(response)


def test_the_official_parser_reads_the_document_of_each_version() -> None:
    """Without a problem but that AsyncAPI 3.1 exists."""
    node = require_program("node") if NODE_MODULES.is_dir() else ""
    if not node:
        pytest.skip("@asyncapi/parser is not installed")
    apis = [load(version) for version in VERSIONS]
    completed = subprocess.run(
        [node, "-e", _PARSE],
        input=json.dumps([json.dumps(document(api)) for api in apis]),
        env={**os.environ, "NODE_PATH": str(NODE_MODULES)},
        capture_output=True,
        text=True,
        check=True,
    )
    results = [json.loads(line) for line in completed.stdout.splitlines()]
    assert [result["problems"] for result in results] == [[]] * len(apis)
    expected = [{*api.methods, "receive_pushes"} for api in apis]
    assert [{*result["operations"]} for result in results] == expected
