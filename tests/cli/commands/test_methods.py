"""`rtm methods`: laws over the output for every method."""

import json
import re

import pytest
from support.process import run

from rtmcli.catalogue.model import Method
from rtmcli.catalogue.v3_0 import API
from rtmcli.cli.commands.methods import format_method, format_table, method_as_dict

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
    for said in (*(rule.message for rule in method.rules), *method.response_fields, *method.scopes):
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
    assert (row["action"], row["command"]) == (method.action, method.command)
    assert row["example"] == method.example
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
