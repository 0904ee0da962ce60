"""Settings as a table and as JSON."""

from rtmcli.catalogue.v3_0 import API
from rtmcli.cli.io.stderr import redactor
from rtmcli.cli.settings_table import (
    align_columns,
    encode_lines,
    format_table,
    join_details,
    settings_as_json,
)
from rtmcli.settings.resolve import resolve

SECRET = "Zx81-Qy42-secret-of-many-characters"
FLAGS = {"timeout": "5s", "backoff": "1ms"}
ENVIRON = {"RTM_TOKEN": SECRET, "RTM_PROXY": f"http://me:{SECRET}@proxy:1"}
SETTINGS = resolve(API, FLAGS, ENVIRON, {"region": "fra"})


def test_json_has_values_and_origins_without_secrets() -> None:
    """Hidden settings only if they are set."""
    found = settings_as_json(SETTINGS)
    assert found["timeout"] == {"value": 5.0, "origin": "flag", "source": "--timeout"}
    assert found["region"] == {"value": "fra", "origin": "profile"}
    assert found["backoff"]["origin"] == "flag"
    assert "close_timeout" not in found
    assert SECRET not in str(found)
    assert found["token"]["value"] == "***ters"


def test_the_table_names_flags_variables_and_the_profile() -> None:
    """An absent value is a hyphen; `only_set` leaves out defaults."""
    rows = {line.split()[0]: line.split()[1:] for line in format_table(SETTINGS)}
    assert rows["timeout"] == ["5s", "--timeout"]
    assert rows["proxy"] == ["http://***@proxy:1", "RTM_PROXY"]
    assert rows["region"][0] == "fra"
    assert rows["url"] == ["-", "default"]
    assert SECRET not in str(rows)
    only = {line.split()[0] for line in format_table(SETTINGS, only_set=True)}
    assert only == {"timeout", "backoff", "token", "proxy", "region"}


def test_columns_fit_their_widest_cell() -> None:
    """Lines have no trailing blanks."""
    assert align_columns([("a", "bb", "c"), ("aaa", "b", "")]) == ["a    bb  c", "aaa  b"]
    assert align_columns([]) == []


def test_lines_are_escaped_and_redacted() -> None:
    """No control characters, no secrets."""
    redactor.add(SECRET)
    assert encode_lines(["a\x1b[31m", f"x {SECRET}"]) == b"a\\u001b[31m\nx ***\n"


def test_details_are_one_line() -> None:
    """Lists are words, None is left out."""
    facts = {"addresses": ["a", "b"], "region": None, "port": 5}
    assert join_details(facts) == "addresses a b, port 5"
