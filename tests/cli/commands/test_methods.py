"""`rtm methods`: laws over the output for every method."""

import json
import re

import pytest
from support.process import run

from rtmcli.catalogue.model import Method
from rtmcli.catalogue.v3_0 import API
from rtmcli.catalogue.versions import VERSIONS, load
from rtmcli.cli.commands.methods import (
    command,
    format_method,
    format_scopes,
    format_table,
    method_as_dict,
)
from rtmcli.errors import UsageError
from rtmcli.protocol import asyncapi, json_schema

every_method = pytest.mark.parametrize(
    "method", API.methods.values(), ids=[method.command for method in API.methods.values()]
)


def test_the_table_has_every_method() -> None:
    """One line each, in the reference's order, with retry class and push."""
    heading, *lines = format_table(API)
    assert heading.split()[:3] == ["METHOD", "RETRY", "PUSH"]
    rows = [re.split(r" {2,}", line) for line in lines]
    assert [row[0] for row in rows] == [method.command for method in API.methods.values()]
    assert [row[1] for row in rows] == [method.retry.value for method in API.methods.values()]
    pushes = [row[2].rstrip("*") if len(row) > 2 else "" for row in rows]
    assert pushes == [method.push for method in API.methods.values()]
    assert max(map(len, lines)) <= 80


@every_method
def test_one_method_is_complete(method: Method) -> None:
    """Parameters, rules, sample, response, pushes and scopes, in 80 columns."""
    text = format_method(API, method)
    words = " ".join(text.split())
    for param in method.params:
        assert f"\n  {param.path} {param.type.value}" in text
        assert param.help in words
    rules = [rule.message for rule in method.rules]
    for said in (*rules, *method.response_fields, *method.columns, *method.scopes):
        assert said in words
    assert method.push in words
    assert max(map(len, text.splitlines())) <= 80


@every_method
def test_the_sample_request_is_that_of_the_reference(method: Method) -> None:
    """It is valid JSON, which can be copied."""
    text = format_method(API, method).partition("Sample request:\n")[2].partition("\n\n")[0]
    assert json.loads(text) == {"action": method.action, "payload": method.example}


@every_method
def test_the_json_of_a_method_is_complete(method: Method) -> None:
    """Every parameter has a path, a kind and a flag of the command."""
    row = json.loads(json.dumps(method_as_dict(API, method)))
    assert (row["api"], row["action"]) == (API.version, method.action)
    assert row["command"] == method.command
    assert row["example"] == method.example
    assert row.get("columns", []) == list(method.columns)
    paths = [parameter["path"] for parameter in row["parameters"]]
    assert paths == [param.path for param in method.params]
    flags = [parameter["flag"] for parameter in row["parameters"] if "flag" in parameter]
    assert flags == [param.flag for param in method.params if not param.set_by_session]


def test_all_methods_are_lines_of_json() -> None:
    """`rtm methods --json` prints a line for each method, and needs no token."""
    result = run("methods", "--json", token=None)
    assert (result.exit_code, result.stderr) == (0, "")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["action"] for line in lines] == list(API.methods)


@pytest.mark.parametrize("name", ["ban-customer", "ban_customer"])
def test_hyphens_and_underscores_are_equal(name: str) -> None:
    """The command and the action name the same method."""
    result = run("methods", name, token=None)
    assert (result.exit_code, result.stdout) == (0, format_method(API, API.methods["ban_customer"]))


def test_a_wrong_name_gets_a_suggestion() -> None:
    """Exit status 2."""
    result = run("methods", "ban-costumer", token=None)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "rtm: methods: usage: there is no method ban-costumer; did you mean ban-customer?\n"
    )


def test_one_method_as_json_is_one_value() -> None:
    """`rtm methods METHOD --json` prints only that method."""
    result = run("methods", "logout", "--json", token=None)
    assert json.loads(result.stdout) == method_as_dict(API, API.methods["logout"])


def print_methods(
    capfd: pytest.CaptureFixture[str], *arguments: str, version: str = API.version
) -> str:
    """Run the command in this process; return what it prints."""
    command(load(version)).main([*arguments], standalone_mode=False)
    return capfd.readouterr().out


def test_the_schema_of_a_payload_names_its_dialect(capfd: pytest.CaptureFixture[str]) -> None:
    """`--schema` prints one JSON value."""
    schema = json.loads(print_methods(capfd, "send-event", "--schema"))
    assert schema.pop("$schema") == "https://json-schema.org/draft/2020-12/schema"
    assert schema == json_schema.payload_schema(API.methods["send_event"])


@pytest.mark.parametrize("version", VERSIONS)
def test_asyncapi_describes_the_version_in_effect(
    version: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """`--asyncapi` prints one JSON value, in which nothing is redacted."""
    printed = json.loads(print_methods(capfd, "--asyncapi", version=version))
    assert printed == json.loads(json.dumps(asyncapi.document(load(version))))


def test_methods_with_the_same_scopes_are_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    """In the order of the command line, each method once."""
    names = ("tag-chat-thread", "logout", "untag_chat_thread", "tag-chat-thread")
    assert print_methods(capfd, "--scopes", *names).splitlines() == [
        "tag-chat-thread, untag-chat-thread: any of chats--all:rw, chats--access:rw, chats--my:rw",
        "logout: none",
    ]


@every_method
def test_scopes_are_complete(method: Method) -> None:
    """Also those that only some payloads need."""
    [line] = format_scopes([method])
    conditional = method.conditional_scopes[1] if method.conditional_scopes else ()
    assert all(scope in line for scope in (*method.scopes, *conditional))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--schema", "--schema needs a METHOD; see rtm methods"),
        ("--scopes", "--scopes needs a METHOD; see rtm methods"),
        ("logout login", "only --scopes takes more than one METHOD"),
        ("logout login --schema", "only --scopes takes more than one METHOD"),
        ("logout --asyncapi", "--asyncapi prints the whole API: omit METHOD, or use --schema"),
        ("logout --schema --json", "--json and --schema exclude each other"),
        ("--json --asyncapi", "--json and --asyncapi exclude each other"),
        ("logout --scopes --schema", "--schema and --scopes exclude each other"),
        ("logout x --scopes", "there is no method x; see rtm methods"),
    ],
)
def test_wrong_combinations(
    arguments: str, message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """One line that says what to do, with status 2; nothing is printed."""
    with pytest.raises(UsageError) as caught:
        print_methods(capfd, *arguments.split())
    assert (caught.value.message, caught.value.exit_code) == (message, 2)
    assert capfd.readouterr().out == ""
