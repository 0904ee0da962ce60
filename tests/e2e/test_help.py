"""Laws over every help page, and how help is printed."""

import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
from support.license_client import LicenseClient, LicenseClient36
from support.process import RTM, environment, require_program, run, start
from support.reference import REFERENCES, Reference, every_documented_method
from support.sample_ids import CHAT, GROUP2_CHAT, THREAD

from rtmcli import errors
from rtmcli.catalogue.api import Api
from rtmcli.catalogue.model import Method
from rtmcli.catalogue.v3_0 import API
from rtmcli.cli import app
from rtmcli.cli.commands.help import help_for, root_help
from rtmcli.cli.help.layout import Layout
from rtmcli.cli.help.topic_registry import TOPICS
from rtmcli.cli.options import Option
from rtmcli.cli.registry import BUILTINS, load_command
from rtmcli.protocol import payload as payloads

APIS = [reference.api for reference in REFERENCES.values()]


def commands_of(api: Api) -> list[str]:
    """List the commands of a version: its methods, then the others."""
    return [*(method.command for method in api.methods.values()), *BUILTINS]


every_command = pytest.mark.parametrize(
    ("api", "name"),
    [
        pytest.param(api, name, id=f"{api.version}-{name}")
        for api in APIS
        for name in commands_of(api)
    ],
)
every_method = pytest.mark.parametrize(
    ("api", "method"),
    [
        pytest.param(api, method, id=f"{api.version}-{method.command}")
        for api in APIS
        for method in api.methods.values()
    ],
)
every_page = pytest.mark.parametrize(
    ("api", "name"),
    [
        pytest.param(api, name, id=f"{api.version}-{name}")
        for api in APIS
        for name in (None, *commands_of(api), *TOPICS)
    ],
)
PAGE_LINES = 55  # of a page that is not long


def whole_page(api: Api, name: str) -> str:
    """Return the help of a command with every option, as `rtm help COMMAND --all`."""
    command = load_command(api, name)  # not the topic of that name
    assert command is not None
    return command.render_help(folded=False)


def help_example(name: str, api: Api = API) -> str:
    """Return the example at the top of a command's help as one line."""
    command = load_command(api, name)  # not the topic of that name
    assert command is not None
    return (
        command.render_help()
        .removeprefix("Example:\n")
        .partition("\n\n")[0]
        .replace("\\\n", " ")
        .strip()
    )


def flags_in(text: str) -> set[str]:
    """Return the flags that a page names in full."""
    return set(re.findall(r"--?[a-zA-Z0-9][a-zA-Z0-9-]*", expand_flags(text)))


def expand_flags(text: str) -> str:
    """Expand `--[no-]x` and `--x-{a,b}` to all flags that they stand for."""
    text = re.sub(r"--\[no-\]([a-z0-9-]+)", r"--\1 --no-\1", text)
    return re.sub(
        r"(--[a-z0-9-]+-)\{([a-z0-9,-]+)\}",
        lambda found: " ".join(found[1] + suffix for suffix in found[2].split(",")),
        text,
    )


@every_page
def test_no_line_is_wider_than_a_terminal(api: Api, name: str | None) -> None:
    """A page has at most 80 columns, no trailing spaces and no colors."""
    whole = help_for(api, name, folded=False)
    for line in [*help_for(api, name).splitlines(), *whole.splitlines()]:
        assert len(line) <= 80
        assert line == line.rstrip()
        assert line.isprintable()


@every_command
def test_help_begins_with_an_example(api: Api, name: str) -> None:
    """A page begins with a command line of that command."""
    version = "" if api is API else f"--api {api.version} "
    assert re.search(rf"\b(rtm {version}{name})\b", help_example(name, api))


@every_command
def test_every_flag_is_in_the_help(api: Api, name: str) -> None:
    """The whole page names each flag, unless it is hidden; a folded page all but some filters'."""
    command = load_command(api, name)
    assert command is not None
    rows = [row for row in command.cli_params if isinstance(row, Option) and not row.hidden]
    flags = {flag for row in rows for flag in row.all_flags} | {"--help", "-h"}
    assert flags <= flags_in(whole_page(api, name))
    text = command.render_help()
    filters = tuple(
        f"--{no}{prefix}-"
        for no in ("", "no-")
        for prefix in re.findall(r"--(\S+)\[-\.\.\.\]", text)
    )
    assert [flag for flag in flags - flags_in(text) if not flag.startswith(filters)] == []


@every_command
def test_every_choice_of_a_flag_is_in_the_help(api: Api, name: str) -> None:
    """The help lists each choice, except the names of methods."""
    command = load_command(api, name)
    assert command is not None
    text = whole_page(api, name)
    lists = [row.type.choices for row in command.cli_params if len(row.type.choices) <= 12]
    assert [choice for choices in lists for choice in choices if choice not in text] == []


# Requests that must precede an example, in a license where nothing has happened yet.
PREPARATIONS = {
    "untag_thread": ("tag_thread", {"chat_id": CHAT, "thread_id": THREAD, "tag": "support"}),
    "unfollow_chat": ("follow_chat", {"id": GROUP2_CHAT}),
}
# Their examples hold a placeholder for a token, and the id of a subscription.
NOT_REPEATABLE = ("update_session", "unsubscribe_customers")
CLIENTS = {"3.0": LicenseClient, "3.6": LicenseClient36}


@every_documented_method
def test_the_example_of_a_method_runs(
    reference: Reference,
    method: Method,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It makes a valid payload with values of the sample, and a new sandbox accepts it."""
    api = reference.api
    monkeypatch.delenv("RTM_TOKEN", raising=False)
    words = shlex.split(help_example(method.command, api))[1:]
    assert app.run([*words, "--dry-run"]) == 0
    request = json.loads(capfd.readouterr().out)
    assert request["action"] == method.action
    payload = request.get("payload", {})  # the session adds members to that of login
    sample, _ = payloads.build(method, method.example, [], dict(method.sandbox_overrides))
    of_settings = api.login_spec.profile_params if method.action == api.login_action else ()
    kept = {key: payload[key] for key in payload if key in sample and key not in of_settings}
    assert contains(kept, sample)
    make_client = CLIENTS[api.version]
    own = {key: payload[key] for key in payload if key in sample and key != "token"}
    if method.action == api.login_action:
        make_client(**own)
    elif method.action not in NOT_REPEATABLE:
        client = make_client()
        if api.version != "3.0" and method.action in PREPARATIONS:
            client.call(*PREPARATIONS[method.action])
        client.call(method.action, payload)


@pytest.mark.parametrize("api", APIS, ids=lambda api: api.version)
def test_the_examples_of_the_other_commands_run(api: Api, tmp_path: Path) -> None:
    """They run in order in one new sandbox; listening is shortened."""
    examples = [
        root_help(api).splitlines()[1],
        *(help_example(name, api).replace("--for 10s", "--for 0.1s") for name in BUILTINS),
    ]
    config = tmp_path / "config.toml"
    config.touch()
    script = "\n".join(["set -e", f"export RTM_CONFIG={config}", *examples])
    result = run("sandbox", "--seed", "1", "--", require_program("bash"), "-c", script, token=None)
    assert (result.exit_code, result.stderr) == (0, "")


def contains(expected: Any, whole: Any) -> bool:
    """Return whether `whole` contains `expected`; a secret is printed as ***."""
    if isinstance(expected, dict):
        return all(key in whole and contains(value, whole[key]) for key, value in expected.items())
    return (
        all(item in whole for item in expected)
        if isinstance(expected, list)
        else expected in (whole, "***")
    )


@every_method
def test_what_a_method_requires_is_marked(api: Api, method: Method) -> None:
    """Each required parameter is marked, or its required members are.

    A folded page may hide what is required only with an optional object.
    """
    marked = marked_as_required(whole_page(api, method.command))
    always_marked = marked_as_required(help_for(api, method.command))
    optional = tuple(f"{param.path}." for param in method.params if not param.required)
    for param in method.params:
        if param.required and not param.set_by_session:
            members = [other for other in method.params if other.path.startswith(f"{param.path}.")]
            required = [row for row in members if row.required]
            assert ({row.flag for row in required} or {param.flag}) <= marked
            if not param.path.startswith(optional):
                always = {row.flag for row in required if not row.path.startswith(optional)}
                assert (always or {param.flag}) <= always_marked


def marked_as_required(page: str) -> set[str]:
    """Return the words of the entries that say that a parameter is required."""
    payload = expand_flags(page.partition("\nPayload:\n")[2])
    entries = re.split(r"\n  (?=\S)", payload.partition("\n\n")[0])
    return {word.rstrip(",") for entry in entries if "required" in entry for word in entry.split()}


@every_method
def test_a_method_page_ends_with_scopes_push_and_retry_class(api: Api, method: Method) -> None:
    """The end of the page names the scopes, the push and its condition, and the retry class."""
    end = " ".join(help_for(api, method.command).rpartition("\n\nResponse:")[2].split())
    for word in (*method.scopes, method.push, method.alternative_push, method.push_condition):
        assert word in end
    assert "Retry: " in end


@every_method
def test_parameters_have_the_order_of_the_reference(api: Api, method: Method) -> None:
    """The help lists parameters in the same order as the API reference."""
    page = whole_page(api, method.command)
    text = expand_flags(page.partition("\nPayload:\n")[2])
    shown = re.findall(r"--[a-z0-9-]+", text.partition("\n\n")[0])
    flags = [param.flag for param in method.params if param.flag in shown]
    assert [flag for flag in shown if flag in flags] == flags


def test_the_root_page_lists_everything() -> None:
    """`rtm --help` has one line per command, with methods under their chapters."""
    lines = root_help(API).splitlines()
    listed = [found[1] for line in lines if (found := re.match(r"  ([a-z][a-z-]+)  +[A-Z]", line))]
    assert listed == [*commands_of(API), *TOPICS]
    titles = [chapter.title.capitalize() + ":" for chapter in API.methods.chapters]
    assert [line for line in lines if line in titles] == titles


def test_every_exit_status_is_explained() -> None:
    """The topic has a line for each error class."""
    text = help_for(API, "exit-statuses")
    classes: list[type[errors.RtmError]] = [errors.RtmError, *errors.RtmError.__subclasses__()]
    for error in classes:
        assert re.search(rf"^  {error.exit_code} +\S", text, re.MULTILINE)


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["help"]])
def test_all_ways_to_the_root_page_print_the_same(arguments: list[str]) -> None:
    """`rtm --help`, `rtm -h` and `rtm help` print the same."""
    result = run(*arguments, token=None)
    assert (result.exit_code, result.stdout, result.stderr) == (0, root_help(API), "")


@pytest.mark.parametrize("arguments", [["ban-customer", "--help"], ["help", "ban-customer"]])
def test_all_ways_to_the_help_of_a_command_print_the_same(arguments: list[str]) -> None:
    """`rtm COMMAND --help` and `rtm help COMMAND` print the same."""
    result = run(*arguments, token=None)
    assert (result.exit_code, result.stdout, result.stderr) == (
        0,
        help_for(API, "ban-customer"),
        "",
    )


@pytest.mark.parametrize(("columns", "width"), [("", 80), ("40", 60), ("90", 90)])
def test_help_in_a_pipe_depends_on_columns_only(columns: str, width: int) -> None:
    """An ASCII locale and the terminal's type do not change it."""
    env = {"COLUMNS": columns, "LC_ALL": "C", "PYTHONIOENCODING": "ascii", "TERM": "dumb"}
    result = run("get-customers", "--help", token=None, env=env)
    page = help_for(API, "get-customers", Layout(width))
    assert (result.exit_code, result.stdout, result.stderr) == (0, page, "")


def test_most_pages_fit_a_screen() -> None:
    """Only those with many parameters are longer."""
    for api in APIS:
        pages = [help_for(api, method.command) for method in api.methods.values()]
        short_pages = [page for page in pages if page.count("\n") <= PAGE_LINES]
        assert len(short_pages) >= 0.7 * len(pages)


def test_all_describes_every_option() -> None:
    """`rtm help COMMAND --all`, as the folded page says."""
    page = run("help", "get-customers", "--all", token=None).stdout
    assert page == help_for(API, "get-customers", folded=False)
    assert "--filters-created-at-{lte,lt,gte,gt,eq} TIME" in page
    assert "[env: RTM_TIMEOUT; default: 20s]" in page


@every_command
def test_every_setting_has_its_variable_in_the_help(api: Api, name: str) -> None:
    """Beside its option, on the whole page."""
    command = load_command(api, name)
    assert command is not None
    text = " ".join(whole_page(api, name).split())
    rows = [row for row in command.cli_params if isinstance(row, Option) and not row.hidden]
    assert [row for row in rows if row.envvar and f"env: {row.envvar}" not in text] == []


def test_help_ends_quietly_when_the_reader_is_gone() -> None:
    """`rtm --help | head` prints no error."""
    with start("--help") as process:
        assert process.stdout
        process.stdout.close()
        assert process.stderr
        assert process.stderr.read() == b""
    assert process.returncode in (0, 141)


def test_an_unknown_page_suggests_a_similar_name() -> None:
    """A misspelled topic gets a suggestion and exit status 2."""
    result = run("help", "exit-status", token=None)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "did you mean exit-statuses" in result.stderr


def test_help_imports_no_network_libraries() -> None:
    """Help does not import the libraries of the network, color or concurrency."""
    code = (
        "import sys; from rtmcli.cli.app import run; run(['ban-customer', '--help'])\n"
        "print(sorted({'websockets', 'ssl', 'rich', 'asyncio'} & set(sys.modules)))"
    )
    python = RTM.replace("/rtm", "/python")
    result = subprocess.run(
        [python, "-c", code], capture_output=True, text=True, check=True, env=environment()
    )
    assert result.stdout.splitlines()[-1] == "[]"
