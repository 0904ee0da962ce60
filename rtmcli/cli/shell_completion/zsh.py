"""The script for zsh: a function that calls `_arguments`, to be autoloaded or sourced."""

from collections.abc import Iterable, Iterator

from rtmcli.cli.shell_completion.spec import CompletionCommand, CompletionSpec, Flag, Positional
from rtmcli.settings.types import Completion, ValueType

_HEAD = r"""#compdef rtm
# zsh completion for rtm with API @API@, as `rtm completion zsh` prints it.

_rtm_profiles() {
  local file=${RTM_CONFIG:-${${(M)XDG_CONFIG_HOME:#/*}:-$HOME/.config}/@CONFIG@}
  local -a names
  [[ -r $file ]] && names=(${(f)"$(sed -n \
    -e 's/^[[:space:]]*\[[[:space:]]*profiles\.\([A-Za-z0-9_-]\{1,\}\)[[:space:]]*\].*$/\1/p' \
    -e 's/^[[:space:]]*\[[[:space:]]*profiles\."\([^"]*\)"[[:space:]]*\].*$/\1/p' \
    $file)"})
  compadd -a names
}

_rtm_json() {
  if compset -P '@'; then
    _files
  elif [[ $PREFIX != -* ]]; then
    _message -e json 'JSON, @FILE or -'
  fi
}
"""

_TAIL = r"""
if [[ $funcstack[1] == _rtm ]]; then  # autoloaded, to complete the current line
  _rtm "$@"
elif (( $+functions[compdef] )); then
  compdef _rtm rtm
else
  print -u2 'rtm: run "autoload -Uz compinit; compinit" before this script'
fi
"""


def render(spec: CompletionSpec) -> str:
    """Return the script."""
    return (
        _HEAD.replace("@CONFIG@", spec.config_path).replace("@API@", spec.api_version)
        + "".join(_functions(spec))
        + _TAIL
    )


def _functions(spec: CompletionSpec) -> Iterator[str]:
    yield "\n_rtm_commands() {\n  local -a commands=(\n"
    for command in spec.commands:
        yield f"    '{_escape(command.name)}:{_escape(command.summary)}'\n"
    yield "  )\n  _describe -t commands command commands\n}\n"
    yield "\n_rtm() {\n  local curcontext=$curcontext state\n"
    yield "  local -a line\n  typeset -A opt_args\n"
    for name, flags in spec.flag_groups.items():
        yield f"  local -a {name}=(\n{_indent(map(_option_spec, flags))}  )\n"
    yield _DISPATCH
    for command in spec.commands:
        yield from _command_case(command)
    yield "  esac\n}\n"


_DISPATCH = r"""  _arguments -C \
    '(- *)'{-h,--help}'[Show the help]' \
    '(- *)--version[Print the version]' \
    '(-)1:command:_rtm_commands' \
    '(-)*:: :->words'
  [[ $state == words ]] || return
  case ${words[1]//_/-} in
"""


def _command_case(command: CompletionCommand) -> Iterator[str]:
    groups = "".join(f' "${name}[@]"' for name in command.group_names)
    option_specs = [_option_spec(flag) for flag in command.own_flags]
    positional_specs = [
        _positional_spec(number, positional)
        for number, positional in enumerate(command.positionals, 1)
    ]
    arguments = " \\\n".join(f"        {word}" for word in [*option_specs, *positional_specs])
    yield f"    {command.name})\n      _arguments -S{groups} \\\n{arguments} ;;\n"


def _indent(specs: Iterable[str]) -> str:
    return "".join(f"    {spec}\n" for spec in specs)


def _option_spec(flag: Flag) -> str:
    """Return `--flag=[help]:metavar:action`; a flag excludes itself unless it may be repeated."""
    star = "*" if flag.multiple else ""
    description = f"[{_escape(flag.help)}]"
    if flag.type.completion is Completion.NONE:
        return f"'{star}{flag.name}{description}'"
    separator = "=" if flag.name.startswith("--") else "+"
    metavar = _escape(flag.type.metavar.lower() or "value")
    return f"'{star}{flag.name}{separator}{description}:{metavar}:{_value_completer(flag.type)}'"


def _positional_spec(number: int, positional: Positional) -> str:
    if positional.type.completion is Completion.COMMAND:
        return "'*:::command:_normal'"
    position = "*" if positional.multiple else f"{number}:"
    return f"'{position}:{_escape(positional.name)}:{_value_completer(positional.type)}'"


def _value_completer(value: ValueType) -> str:
    match value.completion:
        case Completion.CHOICES:
            return f"({' '.join(value.choices)})"
        case Completion.FILE:
            return "_files"
        case Completion.JSON:
            return "_rtm_json"
        case Completion.PROFILE:
            return "_rtm_profiles"
        case _:
            return " "


def _escape(text: str) -> str:
    """Escape what is special to `_arguments`, for use within single quotes."""
    for char in "\\[]:":
        text = text.replace(char, f"\\{char}")
    return text.replace("'", "'\\''")
