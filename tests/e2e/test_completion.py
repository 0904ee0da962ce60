"""The completion scripts, run by real shells."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.process import environment, require_program, run
from support.shells import Shell, bash_completions, fish_completions, interactive_shell

from rtmcli.catalogue.service import REGIONS
from rtmcli.catalogue.v3_0 import API
from rtmcli.catalogue.versions import VERSIONS, load
from rtmcli.cli.commands.completion import CONFIG_PATH, completion_script
from rtmcli.cli.help.topic_registry import TOPICS
from rtmcli.cli.registry import command_names, load_all_commands
from rtmcli.cli.shell_completion import SHELLS
from rtmcli.cli.shell_completion.spec import CompletionSpec, build_spec
from rtmcli.sandbox.server import fault_specs
from rtmcli.settings.profiles import config_path
from rtmcli.settings.types import Completion

SCRIPT_NAMES = {"bash": "rtm.bash", "zsh": "_rtm", "fish": "rtm.fish"}
FOLDER = Path(__file__).parent.parent.parent / "completions"
COMPLETERS = {"bash": bash_completions, "fish": fish_completions}
PROFILES = """
default_profile = "work"
[profiles.work]
region = "fra"
  [ profiles.home-2 ]  # spaces
[profiles."with a dot."]
# [profiles.comment]
[other.thing]
"""

each_shell = pytest.mark.parametrize("shell", SCRIPT_NAMES)
each_queried_shell = pytest.mark.parametrize("shell", COMPLETERS)
each_interactive_shell = pytest.mark.parametrize("shell", ["bash", "zsh"])


@pytest.fixture(scope="module")
def spec() -> CompletionSpec:
    """Collect the content of the scripts."""
    return build_spec(API, load_all_commands(API), CONFIG_PATH)


@pytest.fixture
def env(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Make an environment in which the test fails if a shell starts rtm or Python."""
    home, bin_ = tmp_path / "home", tmp_path / "bin"
    (home / ".config" / CONFIG_PATH).parent.mkdir(parents=True)
    (home / ".config" / CONFIG_PATH).write_text(PROFILES)
    bin_.mkdir()
    for name in ("rtm", "python", "python3", "my-robot"):
        (bin_ / name).write_text(f"#!/bin/sh\necho {name} >> {tmp_path}/started\n")
        (bin_ / name).chmod(0o755)
    yield {"HOME": str(home), "PATH": f"{bin_}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
    assert not (tmp_path / "started").exists()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder with files to complete."""
    folder = tmp_path / "work"
    (folder / "sub").mkdir(parents=True)
    (folder / "payload.json").write_text("{}")
    (folder / "two words.json").write_text("{}")
    return folder


def completions(shell: str, env: dict[str, str], *lines: str) -> list[set[str]]:
    """Return what a shell offers at the end of each line."""
    return [set(found) for found in COMPLETERS[shell](FOLDER / SCRIPT_NAMES[shell], lines, env)]


@each_shell
def test_the_committed_script_is_current(shell: str) -> None:
    """If this fails, run .ci/regenerate."""
    assert (FOLDER / SCRIPT_NAMES[shell]).read_text() == completion_script(API, shell)


@each_shell
def test_the_command_prints_the_script(shell: str) -> None:
    """`rtm completion SHELL` prints the file in completions/."""
    result = run("completion", shell, token=None)
    assert (result.exit_code, result.stdout, result.stderr) == (
        0,
        completion_script(API, shell),
        "",
    )


def test_there_is_a_script_for_each_shell() -> None:
    """And no other file in completions/."""
    assert set(SCRIPT_NAMES) == set(SHELLS)
    assert {path.name for path in FOLDER.iterdir()} == {*SCRIPT_NAMES.values(), "rtm.1"}


def test_the_configuration_file_is_where_the_scripts_look() -> None:
    """They read profile names from the file that rtm reads."""
    assert config_path({"HOME": "/home/me"}) == Path("/home/me/.config", CONFIG_PATH)
    assert config_path({"XDG_CONFIG_HOME": "/etc/me"}) == Path("/etc/me", CONFIG_PATH)


INSTALLED = {
    "bash": (
        "bash",
        "-c",
        "source ~/.local/share/bash-completion/completions/rtm; complete -p rtm",
    ),
    "zsh": (
        "zsh",
        "-f",
        "-c",
        "fpath=(~/.zfunc $fpath); autoload -Uz compinit; compinit -D; print $_comps[rtm]",
    ),
    "fish": ("fish", "-c", "complete -C 'rtm ban'"),
}


@each_shell
def test_the_lines_of_the_help_install_the_script(shell: str, tmp_path: Path) -> None:
    """T145: in a fresh home, where no folder exists yet."""
    require_program(shell)
    env = environment(token=None, overrides={"HOME": str(tmp_path)})
    lines = [
        line.strip()
        for line in run("completion", "--help", token=None).stdout.splitlines()
        if line.startswith(("  mkdir -p", f"  rtm completion {shell} "))
    ]
    subprocess.run(["sh", "-ec", "\n".join(lines)], env=env, check=True)
    found = subprocess.run(INSTALLED[shell], env=env, check=True, capture_output=True, text=True)
    assert "rtm" in found.stdout or "ban-customer" in found.stdout


def test_zsh_may_source_the_script() -> None:
    """T145: after compinit; before it, one line says what to do."""
    require_program("zsh")
    env = environment(token=None)
    source = "source <(rtm completion zsh); print $_comps[rtm]"
    for setup, output in (
        ("autoload -Uz compinit; compinit -D; ", ("_rtm\n", "")),
        ("", ("\n", 'rtm: run "autoload -Uz compinit; compinit" before this script\n')),
    ):
        found = subprocess.run(
            ["zsh", "-f", "-c", setup + source],
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (found.stdout, found.stderr) == output


@each_queried_shell
def test_all_commands_are_offered(shell: str, env: dict[str, str]) -> None:
    """Methods and other commands; a prefix narrows them."""
    everything, some = completions(shell, env, "rtm ", "rtm ban")
    assert everything == set(command_names(API))
    assert some == {"ban-customer"}


@each_queried_shell
def test_all_flags_of_each_command_are_offered(
    shell: str, env: dict[str, str], spec: CompletionSpec
) -> None:
    """Every flag of every command, and no other."""
    offered = completions(shell, env, *(f"rtm {command.name} --" for command in spec.commands))
    for command, flags in zip(spec.commands, offered, strict=True):
        assert flags == {
            flag.name for flag in spec.all_flags(command) if flag.name.startswith("--")
        }


@each_queried_shell
def test_all_choices_of_each_flag_are_offered(
    shell: str, env: dict[str, str], spec: CompletionSpec
) -> None:
    """After the flag, and after the flag with an equals sign."""
    flags = [
        (command, flag)
        for command in spec.commands
        for flag in command.own_flags
        if flag.type.completion is Completion.CHOICES
    ]
    assert len(flags) > 10
    apart = completions(
        shell, env, *(f"rtm {command.name} {flag.name} " for command, flag in flags)
    )
    glued = completions(
        shell, env, *(f"rtm {command.name} {flag.name}=" for command, flag in flags)
    )
    for (_, flag), one, other in zip(flags, apart, glued, strict=True):
        assert one == set(flag.type.choices)
        assert {word.rpartition("=")[2] for word in other} == set(flag.type.choices)


@each_queried_shell
def test_shared_flags_know_their_choices(shell: str, env: dict[str, str]) -> None:
    """--color, --region and --error-format, at any command."""
    color, region, form = completions(
        shell,
        env,
        "rtm logout --color ",
        "rtm get-chats-summary --region ",
        "rtm call --error-format j",
    )
    assert color == {"auto", "always", "never"}
    assert region == set(REGIONS)
    assert form == {"json"}


@each_queried_shell
def test_a_flag_has_the_choices_of_its_command(shell: str, env: dict[str, str]) -> None:
    """--output of a list is another flag than --output of a transcript."""
    lines = [
        f"rtm {command} --output "
        for command in ("get-customers", "get-chat-threads", "--api 3.6 get-chat", "listen")
    ]
    offered = COMPLETERS[shell](FOLDER / SCRIPT_NAMES[shell], lines, env)
    assert [set(words) for words in offered] == [
        {"json", "table", "csv"},
        {"json", "text"},
        {"json", "text"},
        {"json", "text"},
    ]


@each_queried_shell
def test_profiles_come_from_the_configuration_file(
    shell: str, env: dict[str, str], tmp_path: Path
) -> None:
    """The scripts read the file that rtm would read."""
    line = "rtm ban-customer --profile "
    assert completions(shell, env, line) == [{"work", "home-2", "with a dot."}]
    other = tmp_path / "other.toml"
    other.write_text("[profiles.elsewhere]\n")
    assert completions(shell, {**env, "RTM_CONFIG": str(other)}, line) == [{"elsewhere"}]
    (tmp_path / "rtmcli").mkdir()
    (tmp_path / CONFIG_PATH).write_text("[profiles.xdg]\n")
    assert completions(shell, {**env, "XDG_CONFIG_HOME": str(tmp_path)}, line) == [{"xdg"}]
    assert completions(shell, {**env, "RTM_CONFIG": "/nowhere"}, line) == [set()]


@each_queried_shell
def test_options_before_the_command_are_completed(shell: str, env: dict[str, str]) -> None:
    """Their flags and values; the command follows them."""
    flags, versions, glued, profiles, commands = completions(
        shell, env, "rtm --", "rtm --api ", "rtm --api=", "rtm --profile ", "rtm --profile work ban"
    )
    assert flags == {"--help", "--version", "--api", "--profile"}
    assert versions == {word.rpartition("=")[2] for word in glued} == set(VERSIONS)
    assert profiles == {"work", "home-2", "with a dot."}
    assert commands == {"ban-customer"}


@each_queried_shell
@pytest.mark.parametrize("version", VERSIONS)
def test_the_version_on_the_line_or_in_the_environment_decides(
    shell: str, env: dict[str, str], version: str
) -> None:
    """On commands, flags and the values of arguments; an unknown version changes nothing."""
    api = load(version)
    command = build_spec(api, load_all_commands(api), CONFIG_PATH).commands[0]
    action = api.methods[api.list_action].action
    expected = [
        set(command_names(api)),
        {flag.name for flag in command.own_flags if flag.name.startswith("--")},
        {action},
    ]
    lines = ["", f"{command.name} --", f"call {action}"]
    of_flag = completions(shell, env, *(f"rtm --api {version} {line}" for line in lines))
    of_other_flag = completions(shell, env, *(f"rtm --api={version} {line}" for line in lines))
    of_variable = completions(
        shell, {**env, "RTM_API": version}, *(f"rtm {line}" for line in lines)
    )
    assert of_flag == of_other_flag == of_variable
    assert [of_flag[0], of_flag[2]] == [expected[0], expected[2]]
    assert expected[1] <= of_flag[1]
    [unknown] = completions(shell, {**env, "RTM_API": "9.9"}, "rtm ")
    assert unknown == set(command_names(API))


@each_queried_shell
def test_the_value_of_a_setting_is_completed(shell: str, env: dict[str, str]) -> None:
    """Profiles for default_profile, choices and files for others; keys after the verb."""
    profiles, regions, keys = completions(
        shell,
        env,
        "rtm config set default_profile ",
        "rtm config set region ",
        "rtm config set default_",
    )
    assert profiles == {"work", "home-2", "with a dot."}
    assert regions == set(REGIONS)
    assert keys == {"default_profile"}


@each_queried_shell
def test_the_parts_of_a_fault_are_completed(shell: str, env: dict[str, str]) -> None:
    """Methods before the colon, faults after it."""
    methods, faults, values, glued = completions(
        shell,
        env,
        "rtm sandbox --fault ban_",
        "rtm sandbox --fault ban_customer:s",
        "rtm sandbox --fault *:drop=",
        "rtm sandbox --fault=ban_customer:sil",
    )
    assert methods == {"ban_customer:"}
    assert {word.rpartition(":")[2] for word in faults} == {"silent"}
    assert {word.rpartition("=")[2] for word in values} == {"before", "after", "answered"}
    assert {word.rpartition(":")[2] for word in glued} == {"silent"}


def test_every_fault_word_is_valid() -> None:
    """With a value where one is missing."""
    for word in fault_specs.FAULT_WORDS:
        value = {"delay=": "1s", "close=": "1011"}.get(word, "")
        assert fault_specs.parse_fault(f"{fault_specs.METHOD_WORDS[1]}{word}{value}")


@each_queried_shell
def test_names_are_offered_for_arguments(shell: str, env: dict[str, str]) -> None:
    """Topics of help, methods, actions, shells."""
    topics, methods, actions, shells = completions(
        shell, env, "rtm help ", "rtm methods ", "rtm call get_c", "rtm completion "
    )
    assert topics == {*TOPICS, *command_names(API)}
    assert methods == {method.command for method in API.methods.values()}
    assert actions == {action for action in API.methods if action.startswith("get_c")}
    assert shells == set(SHELLS)


@each_queried_shell
def test_underscores_complete_like_hyphens(shell: str, env: dict[str, str]) -> None:
    """`rtm ban_customer --c` knows the flags of ban-customer."""
    [flags] = completions(shell, env, "rtm ban_customer --cu")
    assert flags == {"--customer-id"}


@each_queried_shell
def test_nothing_is_offered_for_free_text(shell: str, env: dict[str, str]) -> None:
    """An id is not a file name."""
    assert completions(shell, env, "rtm ban-customer --customer-id ") == [set()]


@each_queried_shell
def test_a_value_is_not_a_command(shell: str, env: dict[str, str]) -> None:
    """The word after a flag with a value is its value."""
    [kinds] = completions(shell, env, "rtm transfer-chat --chat-id logout --target-type ")
    assert kinds == {"agent", "group"}


@each_queried_shell
def test_the_command_in_the_sandbox_is_completed(shell: str, env: dict[str, str]) -> None:
    """After -- another command line begins."""
    [commands] = completions(shell, env, "rtm sandbox --seed 1 -- my-r")
    assert commands == {"my-robot"}


@pytest.fixture
def typed(shell: str, env: dict[str, str], folder: Path) -> Iterator[Shell]:
    """Open an interactive shell in the folder."""
    with interactive_shell(shell, FOLDER / SCRIPT_NAMES[shell], env, folder) as session:
        yield session


@each_interactive_shell
@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("rtm ban-c", "rtm ban-customer "),
        ("rtm sandb", "rtm sandbox "),
        ("rtm ban-customer --cust", "rtm ban-customer --customer-id"),
        ("rtm transfer-chat --target-type ag", "rtm transfer-chat --target-type agent "),
        ("rtm logout --color=al", "rtm logout --color=always "),
        ("rtm logout --profile wo", "rtm logout --profile work "),
        ("rtm logout --token-file pay", "rtm logout --token-file payload.json "),
        ("rtm ban-customer @pay", "rtm ban-customer @payload.json "),
        ("rtm ban-customer @su", "rtm ban-customer @sub/"),
        ("rtm ban-customer @two", "rtm ban-customer @two\\ words.json "),
        ("rtm ban-customer --ban @pay", "rtm ban-customer --ban @payload.json "),
        ("rtm ban-customer --ban=@pay", "rtm ban-customer --ban=@payload.json "),
        ("rtm sandbox -- my-ro", "rtm sandbox -- my-robot "),
        ("rtm help exit", "rtm help exit-statuses "),
        ("rtm close-thread --dry", "rtm close-thread --dry-run "),
        ("rtm --api 3.6 list-ar", "rtm --api 3.6 list-archives "),
        ("rtm --api 3.6 list-archives --sort", "rtm --api 3.6 list-archives --sort-order"),
        ("rtm --profile wo", "rtm --profile work "),
        ("rtm --profile work --api 3.0 get-ar", "rtm --profile work --api 3.0 get-archives "),
        ("rtm config set default_profile wo", "rtm config set default_profile work "),
        ("rtm config set region fr", "rtm config set region fra "),
        ("rtm sandbox --fault ban_cus", "rtm sandbox --fault ban_customer:"),
        ("rtm sandbox --fault ban_customer:sil", "rtm sandbox --fault ban_customer:silent"),
    ],
)
def test_tab_completes(typed: Shell, line: str, after: str) -> None:
    """In an interactive shell, as a user sees it."""
    assert typed.complete(line).rstrip("= ") == after.rstrip(" ")


@each_interactive_shell
@pytest.mark.parametrize("line", ["rtm ban-customer pay", "rtm ban-customer --customer-id pay"])
def test_tab_leaves_text_alone(typed: Shell, line: str) -> None:
    """A payload is a file name only after @, and an id never."""
    assert typed.complete(line) == line
