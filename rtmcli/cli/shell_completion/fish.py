"""The script for fish: one `complete` for each flag of a command or of a group."""

from collections.abc import Iterator

from rtmcli.cli.shell_completion.spec import CompletionCommand, CompletionSpec, Flag, Positional
from rtmcli.settings.types import Completion, ValueType

_HEAD = r"""# fish completion for rtm with API @API@, as `rtm completion fish` prints it.

function __rtm_command
    # Print the command on the line, if there is one.
    set -l words (commandline -opc)
    for word in $words[2..-1]
        if not string match -q -- '-*' $word
            string replace -a _ - -- $word
            return 0
        end
    end
    return 1
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
complete -c rtm -n 'not __rtm_command' -s h -l help -d 'Show the help'
complete -c rtm -n 'not __rtm_command' -l version -d 'Print the version'
"""


def render(spec: CompletionSpec) -> str:
    """Return the script."""
    return _HEAD.replace("@CONFIG@", spec.config_path).replace("@API@", spec.api_version) + "".join(
        _lines(spec)
    )


def _lines(spec: CompletionSpec) -> Iterator[str]:
    for command in spec.commands:
        candidate = f"-a {command.name} -d {_quote(command.summary)}"
        yield f"complete -c rtm -n 'not __rtm_command' {candidate}\n"
    for name in spec.flag_groups:
        members = [command.name for command in spec.commands if name in command.group_names]
        yield f"\nfunction __rtm_{name}\n    __rtm_in {' '.join(members)}\nend\n"
        for flag in spec.flag_groups[name]:
            yield _flag_line(f"__rtm_{name}", flag)
    for command in spec.commands:
        yield "\n"
        for flag in command.own_flags:
            yield _flag_line(f"__rtm_in {command.name}", flag)
        for positional in command.positionals:
            yield from _positional_lines(command, positional)


def _flag_line(condition: str, flag: Flag) -> str:
    is_long = flag.name.startswith("--")
    name = f"-l {flag.name[2:]}" if is_long else f"-s {flag.name[1:]}"
    options = f"{name}{_value_options(flag.type)} -d {_quote(flag.help)}"
    return f"complete -c rtm -n '{condition}' {options}\n"


def _positional_lines(command: CompletionCommand, positional: Positional) -> Iterator[str]:
    condition = f"__rtm_in {command.name}"
    if positional.type.completion is Completion.COMMAND:
        wrapped_command = "and __rtm_rest' -a '(__rtm_other)"
        yield f"complete -c rtm -n '{condition}; {wrapped_command}'\n"
    elif positional.type.completion not in (Completion.TEXT, Completion.NONE):
        options = _value_options(positional.type).removeprefix(" -x")
        yield f"complete -c rtm -n '{condition}'{options}\n"


def _value_options(value: ValueType) -> str:
    match value.completion:
        case Completion.NONE:
            return ""
        case Completion.CHOICES:
            return f" -x -a '{' '.join(value.choices)}'"
        case Completion.FILE:
            return " -r -F"
        case Completion.JSON:
            return " -x -a '(__rtm_json)'"
        case Completion.PROFILE:
            return " -x -a '(__rtm_profiles)'"
        case _:
            return " -x"


def _quote(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
