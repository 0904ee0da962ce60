"""The completion scripts: what they are, and what real shells make of them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import run
from shells import Shell, bash_offers, fish_offers, terminal

from rtmcli.catalogue import API
from rtmcli.cli.app import command_named, names
from rtmcli.cli.completion import CONFIG, text
from rtmcli.cli.completions import SHELLS
from rtmcli.cli.completions.model import Script, Takes, script
from rtmcli.cli.topics import TOPICS
from rtmcli.settings.profiles import config_path

KEPT = {"bash": "rtm.bash", "zsh": "_rtm", "fish": "rtm.fish"}
FOLDER = Path(__file__).parent.parent / "completions"
OFFERS = {"bash": bash_offers, "fish": fish_offers}
PROFILES = """
default_profile = "work"
[profiles.work]
region = "fra"
  [ profiles.home-2 ]  # spaces
[profiles."with a dot."]
# [profiles.comment]
[other.thing]
"""

every_shell = pytest.mark.parametrize("shell", KEPT)
each_asked = pytest.mark.parametrize("shell", OFFERS)
each_typed = pytest.mark.parametrize("shell", ["bash", "zsh"])


@pytest.fixture(scope="module")
def known() -> Script:
    """Collect what the scripts know."""
    return script((found for name in names() if (found := command_named(name))), CONFIG)


@pytest.fixture
def env(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Make an environment where to start rtm or Python leaves a trace, which fails the test."""
    home, bin_ = tmp_path / "home", tmp_path / "bin"
    (home / ".config" / CONFIG).parent.mkdir(parents=True)
    (home / ".config" / CONFIG).write_text(PROFILES)
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


def offers(shell: str, env: dict[str, str], *lines: str) -> list[set[str]]:
    """Return what a shell offers at the end of each line."""
    return [set(found) for found in OFFERS[shell](FOLDER / KEPT[shell], lines, env)]


@every_shell
def test_the_kept_script_is_the_one_that_is_written(shell: str) -> None:
    """Else .ci/regenerate writes it anew."""
    assert (FOLDER / KEPT[shell]).read_text() == text(shell)


@every_shell
def test_the_command_prints_the_script(shell: str) -> None:
    """`rtm completion SHELL` prints what lies in completions/."""
    done = run("completion", shell, token=None)
    assert (done.status, done.out, done.err) == (0, text(shell), "")


def test_there_is_a_script_for_each_shell() -> None:
    """No file is left over in completions/."""
    assert set(KEPT) == set(SHELLS)
    assert {path.name for path in FOLDER.iterdir()} == {*KEPT.values(), "rtm.1"}


def test_the_configuration_file_is_where_the_scripts_look() -> None:
    """They read the names of profiles out of the file that rtm reads."""
    assert config_path({"HOME": "/home/me"}) == Path("/home/me/.config", CONFIG)
    assert config_path({"XDG_CONFIG_HOME": "/etc/me"}) == Path("/etc/me", CONFIG)


@each_asked
def test_all_commands_are_offered(shell: str, env: dict[str, str]) -> None:
    """Methods and other commands; a prefix narrows them."""
    everything, some = offers(shell, env, "rtm ", "rtm ban")
    assert everything == set(names())
    assert some == {"ban-customer"}


@each_asked
def test_all_flags_of_each_command_are_offered(
    shell: str, env: dict[str, str], known: Script
) -> None:
    """Every command, every flag in each spelling, and no other."""
    found = offers(shell, env, *(f"rtm {subject.name} --" for subject in known.subjects))
    for subject, flags in zip(known.subjects, found, strict=True):
        wanted = {flag.flag for flag in known.flags(subject) if flag.flag.startswith("--")}
        assert flags == wanted


@each_asked
def test_all_choices_of_each_flag_are_offered(
    shell: str, env: dict[str, str], known: Script
) -> None:
    """After the flag, and after the flag with an equals sign."""
    flags = [
        (subject, flag)
        for subject in known.subjects
        for flag in subject.flags
        if flag.value.takes is Takes.WORDS
    ]
    assert len(flags) > 10
    apart = offers(shell, env, *(f"rtm {subject.name} {flag.flag} " for subject, flag in flags))
    glued = offers(shell, env, *(f"rtm {subject.name} {flag.flag}=" for subject, flag in flags))
    for (_, flag), one, other in zip(flags, apart, glued, strict=True):
        assert one == set(flag.value.words)
        assert {word.rpartition("=")[2] for word in other} == set(flag.value.words)


@each_asked
def test_shared_flags_know_their_choices(shell: str, env: dict[str, str]) -> None:
    """--color, --region and --error-format, at any command."""
    color, region, form = offers(
        shell,
        env,
        "rtm logout --color ",
        "rtm get-chats-summary --region ",
        "rtm call --error-format j",
    )
    assert color == {"auto", "always", "never"}
    assert region == set(API.regions)
    assert form == {"json"}


@each_asked
def test_profiles_come_from_the_configuration_file(
    shell: str, env: dict[str, str], tmp_path: Path
) -> None:
    """Read by sed, from wherever the file lies."""
    line = "rtm ban-customer --profile "
    assert offers(shell, env, line) == [{"work", "home-2", "with a dot."}]
    other = tmp_path / "other.toml"
    other.write_text("[profiles.elsewhere]\n")
    assert offers(shell, {**env, "RTM_CONFIG": str(other)}, line) == [{"elsewhere"}]
    (tmp_path / "rtmcli").mkdir()
    (tmp_path / CONFIG).write_text("[profiles.xdg]\n")
    assert offers(shell, {**env, "XDG_CONFIG_HOME": str(tmp_path)}, line) == [{"xdg"}]
    assert offers(shell, {**env, "RTM_CONFIG": "/nowhere"}, line) == [set()]


@each_asked
def test_names_are_offered_where_a_command_takes_one(shell: str, env: dict[str, str]) -> None:
    """Topics of help, methods, actions, shells."""
    topics, methods, actions, shells = offers(
        shell, env, "rtm help ", "rtm methods ", "rtm call get_c", "rtm completion "
    )
    assert topics == {*TOPICS, *names()}
    assert methods == {method.command for method in API.methods.values()}
    assert actions == {action for action in API.methods if action.startswith("get_c")}
    assert shells == set(SHELLS)


@each_asked
def test_an_actions_own_spelling_completes_as_well(shell: str, env: dict[str, str]) -> None:
    """`rtm ban_customer --c` knows the flags of ban-customer."""
    [flags] = offers(shell, env, "rtm ban_customer --cu")
    assert flags == {"--customer-id"}


@each_asked
def test_nothing_is_offered_for_free_text(shell: str, env: dict[str, str]) -> None:
    """No file names where an id is wanted."""
    assert offers(shell, env, "rtm ban-customer --customer-id ") == [set()]


@each_asked
def test_a_value_is_not_taken_for_a_command(shell: str, env: dict[str, str]) -> None:
    """What stands behind a flag that takes a value is its value."""
    [kinds] = offers(shell, env, "rtm transfer-chat --chat-id logout --target-type ")
    assert kinds == {"agent", "group"}


@each_asked
def test_the_command_in_the_sandbox_is_completed(shell: str, env: dict[str, str]) -> None:
    """After -- another command line begins."""
    [commands] = offers(shell, env, "rtm sandbox --seed 1 -- my-r")
    assert commands == {"my-robot"}


@pytest.fixture
def typed(shell: str, env: dict[str, str], folder: Path) -> Iterator[Shell]:
    """Open an interactive shell in the folder."""
    with terminal(shell, FOLDER / KEPT[shell], env, folder) as session:
        yield session


@each_typed
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
    ],
)
def test_tab_completes(typed: Shell, line: str, after: str) -> None:
    """What a user sees after the TAB key, in an interactive shell."""
    assert typed.after_tab(line).rstrip("= ") == after.rstrip(" ")


@each_typed
@pytest.mark.parametrize("line", ["rtm ban-customer pay", "rtm ban-customer --customer-id pay"])
def test_tab_leaves_text_alone(typed: Shell, line: str) -> None:
    """A payload is no file name without @, and an id never is."""
    assert typed.after_tab(line) == line
