"""The script for fish: one `complete` for each flag of a command or of a group.

What is not the same in all versions of the API depends on the version.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rtmcli.cli.shell_completion.spec import CompletionCommand, CompletionSpec, Flag, Positional
from rtmcli.settings.types import Completion, ValueType

_HEAD = r"""# fish completion for rtm with API @API@, as `rtm completion fish` prints it.
# For other versions it follows --api on the line, and RTM_API.

function __rtm_command
    # Print the command on the line, if there is one.
    set -l words (commandline -opc)
    set -l skip
    for word in $words[2..-1]
        if test -n "$skip"
            set skip
        else if contains -- $word --api --profile
            set skip yes
        else if not string match -q -- '-*' $word
            string replace -a _ - -- $word
            return 0
        end
    end
    return 1
end

function __rtm_api
    # Succeed if the version of the API in effect is one of these.
    set -l api $RTM_API
    set -l before
    for word in (commandline -opc)
        if test "$word" = --
            break
        else if test "$before" = --api
            set api $word
        else if string match -q -- '--api=*' $word
            set api (string replace -- --api= '' $word)
        end
        set before $word
    end
    contains -- "$api" @APIS@; or set api @API@
    contains -- $api $argv
end

function __rtm_after
    # Succeed if the word before the current one is one of these.
    contains -- (commandline -opc)[-1] $argv
end

function __rtm_parts
    # Print the words of the first list, or those of the second if a colon is on the line.
    set -l word (commandline -ct | string replace -r -- '^--[a-z0-9-]+=' '')
    if string match -q -- '*:*' $word
        string replace -r -- '^' (string split -m 1 : -- $word)[1]: (string split ' ' -- $argv[2])
    else
        string split ' ' -- $argv[1]
    end
end

function __rtm_in
    # Succeed if the command is one of these.
    contains -- (__rtm_command) $argv
end

function __rtm_profiles
    set -l file $RTM_CONFIG
    if test -z "$file"
        if string match -q -- '/*' $XDG_CONFIG_HOME
            set file $XDG_CONFIG_HOME/@CONFIG@
        else
            set file $HOME/.config/@CONFIG@
        end
    end
    test -r $file; and sed -n \
        -e 's/^[[:space:]]*\[[[:space:]]*profiles\.\([A-Za-z0-9_-]\{1,\}\)[[:space:]]*\].*$/\1/p' \
        -e 's/^[[:space:]]*\[[[:space:]]*profiles\."\([^"]*\)"[[:space:]]*\].*$/\1/p' \
        $file
end

function __rtm_json
    # Print files after @, if the word begins with it.
    set -l word (commandline -ct | string replace -r -- '^--[a-z0-9-]+=' '')
    if string match -q -- '@*' $word
        __fish_complete_path (string sub -s 2 -- $word) | string replace -r -- '^' @
    end
end

function __rtm_rest
    # Succeed if another command line has begun, after --.
    contains -- -- (commandline -opc)
end

function __rtm_other
    # Complete that other command line.
    set -l words (commandline -opc)
    set -l begin (math (contains -i -- -- $words) + 1)
    complete -C (string join ' ' -- (string escape -- $words[$begin..-1]) (commandline -ct))
end

complete -c rtm -f
"""


class Line(NamedTuple):
    """One `complete` of a version."""

    condition: str
    options: str


def render(specs: Sequence[CompletionSpec]) -> str:
    """Return the script for some versions of the API, the default one first."""
    versions = [spec.api_version for spec in specs]
    lines_by_version = {spec.api_version: [*_lines(spec)] for spec in specs}
    lines = dict.fromkeys(line for lines in lines_by_version.values() for line in lines)
    text = _HEAD + "".join(_group_functions(specs)) + "\n"
    for line in lines:
        having = [version for version in versions if line in lines_by_version[version]]
        condition = line.condition
        if having != versions:
            condition = f"__rtm_api {' '.join(having)}; and {condition}"
        text += f"complete -c rtm -n '{condition}' {line.options}\n"
    return (
        text.replace("@CONFIG@", specs[0].config_path)
        .replace("@APIS@", " ".join(versions))
        .replace("@API@", specs[0].api_version)
    )


def _group_functions(specs: Sequence[CompletionSpec]) -> Iterator[str]:
    """Yield functions that succeed if the command has the flags of a group."""
    for name in specs[0].flag_groups:
        yield f"\nfunction __rtm_{name}\n"
        for spec in specs:
            members = [command.name for command in spec.commands if name in command.group_names]
            in_members = f"__rtm_in {' '.join(members)}; and return 0"
            yield f"    __rtm_api {spec.api_version}; and {in_members}\n"
        yield "    return 1\nend\n"


def _lines(spec: CompletionSpec) -> Iterator[Line]:
    for flag in spec.root_flags:
        yield _flag_line("not __rtm_command", flag)
    for command in spec.commands:
        yield Line("not __rtm_command", f"-a {command.name} -d {_quote(command.summary)}")
    for name in spec.flag_groups:
        for flag in spec.flag_groups[name]:
            yield _flag_line(f"__rtm_{name}", flag)
    for command in spec.commands:
        for flag in command.own_flags:
            yield _flag_line(f"__rtm_in {command.name}", flag)
        for positional in command.positionals:
            yield from _positional_lines(command, positional)


def _flag_line(condition: str, flag: Flag) -> Line:
    is_long = flag.name.startswith("--")
    name = f"-l {flag.name[2:]}" if is_long else f"-s {flag.name[1:]}"
    return Line(condition, f"{name}{_value_options(flag.type)} -d {_quote(flag.help)}")


def _positional_lines(command: CompletionCommand, positional: Positional) -> Iterator[Line]:
    condition = f"__rtm_in {command.name}"
    if positional.type.completion is Completion.COMMAND:
        yield Line(f"{condition}; and __rtm_rest", "-a '(__rtm_other)'")
        return
    for word, value_type in positional.following:
        options = _value_options(value_type).removeprefix(" -x").strip()
        yield Line(f"{condition}; and __rtm_after {word}", options)
    words = [word for each in command.positionals for word, _ in each.following]
    if words:
        condition = f"{condition}; and not __rtm_after {' '.join(words)}"
    if positional.type.completion not in (Completion.TEXT, Completion.NONE):
        options = _value_options(positional.type).removeprefix(" -x").strip()
        yield Line(condition, options)


_VALUE_OPTIONS = {
    Completion.NONE: "",
    Completion.FILE: " -r -F",
    Completion.JSON: " -x -a '(__rtm_json)'",
    Completion.PROFILE: " -x -a '(__rtm_profiles)'",
}


def _value_options(value: ValueType) -> str:
    match value.completion:
        case Completion.CHOICES:
            return f" -x -a '{' '.join(value.choices)}'"
        case Completion.PARTS:
            lists = (f'"{" ".join(words)}"' for words in (value.choices, value.second_choices))
            return f" -x -a '(__rtm_parts {' '.join(lists)})'"
        case _:
            return _VALUE_OPTIONS.get(value.completion, " -x")


def _quote(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
