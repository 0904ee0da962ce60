"""The script for fish: one `complete` for each flag and each set of commands that have it."""

from collections.abc import Iterator

from rtmcli.cli.completions.model import Flag, Place, Script, Subject, Takes, Value

_HEAD = r"""# fish completion for rtm, as `rtm completion fish` prints it.

function __rtm_command
    # Print the command on the line, as far as it is there.
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
    # Tell whether the command is one of these.
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
    # Print files after @, where the word begins with it.
    set -l word (commandline -ct | string replace -r -- '^--[a-z0-9-]+=' '')
    if string match -q -- '@*' $word
        __fish_complete_path (string sub -s 2 -- $word) | string replace -r -- '^' @
    end
end

function __rtm_rest
    # Tell whether another command line has begun, after --.
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


def write(script: Script) -> str:
    """Write the whole script."""
    return _HEAD.replace("@CONFIG@", script.config) + "".join(_lines(script))


def _lines(script: Script) -> Iterator[str]:
    for subject in script.subjects:
        about = f"-a {subject.name} -d {_quoted(subject.summary)}"
        yield f"complete -c rtm -n 'not __rtm_command' {about}\n"
    for name in script.groups:
        members = [subject.name for subject in script.subjects if name in subject.groups]
        yield f"\nfunction __rtm_{name}\n    __rtm_in {' '.join(members)}\nend\n"
        for flag in script.groups[name]:
            yield _flag(f"__rtm_{name}", flag)
    for subject in script.subjects:
        yield "\n"
        for flag in subject.flags:
            yield _flag(f"__rtm_in {subject.name}", flag)
        for place in subject.places:
            yield from _place(subject, place)


def _flag(condition: str, flag: Flag) -> str:
    long = flag.flag.startswith("--")
    name = f"-l {flag.flag[2:]}" if long else f"-s {flag.flag[1:]}"
    return f"complete -c rtm -n '{condition}' {name}{_value(flag.value)} -d {_quoted(flag.help)}\n"


def _place(subject: Subject, place: Place) -> Iterator[str]:
    condition = f"__rtm_in {subject.name}"
    if place.value.takes is Takes.COMMAND:
        rest = "and __rtm_rest' -a '(__rtm_other)"
        yield f"complete -c rtm -n '{condition}; {rest}'\n"
    elif place.value.takes not in (Takes.TEXT, Takes.NOTHING):
        yield f"complete -c rtm -n '{condition}'{_value(place.value).removeprefix(' -x')}\n"


def _value(value: Value) -> str:
    match value.takes:
        case Takes.NOTHING:
            return ""
        case Takes.WORDS:
            return f" -x -a '{' '.join(value.words)}'"
        case Takes.FILE:
            return " -r -F"
        case Takes.JSON:
            return " -x -a '(__rtm_json)'"
        case Takes.PROFILE:
            return " -x -a '(__rtm_profiles)'"
        case _:
            return " -x"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
