"""The script for zsh: functions that call `_arguments`, to be autoloaded or sourced.

Each version of the API has its own.
"""

from collections.abc import Iterable, Iterator, Sequence

from rtmcli.cli.shell_completion.spec import CompletionCommand, CompletionSpec, Flag, Positional
from rtmcli.settings.types import Completion, ValueType

_HEAD = r"""#compdef rtm
# zsh completion for rtm with API @API@, as `rtm completion zsh` prints it.
# For other versions it follows --api on the line, and RTM_API.

_rtm_profiles() {
  local file=${RTM_CONFIG:-${${(M)XDG_CONFIG_HOME:#/*}:-$HOME/.config}/@CONFIG@}
  local -a names
  [[ -r $file ]] && names=(${(f)"$(sed -n \
    -e 's/^[[:space:]]*\[[[:space:]]*profiles\.\([A-Za-z0-9_-]\{1,\}\)[[:space:]]*\].*$/\1/p' \
    -e 's/^[[:space:]]*\[[[:space:]]*profiles\."\([^"]*\)"[[:space:]]*\].*$/\1/p' \
    $file)"})
  compadd -a names
}

# Offer the words before --, then, after the colon of one, those after it.
_rtm_parts() {
  local -i end=${@[(i)--]}
  if compset -P '*:'; then
    compadd -S '' -- "${@[end + 1, -1]}"
  else
    compadd -S '' -- "${@[1, end - 1]}"
  fi
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
_rtm() {
  local api=${RTM_API:-@API@}
  local -i i
  for ((i = 2; i < CURRENT; i++)); do
    case $words[i] in
      --) break ;;
      --api) api=$words[i+1] ;;
      --api=*) api=${words[i]#--api=} ;;
    esac
  done
  (( $+functions[_rtm_${api//./_}] )) || api=@API@
  _rtm_${api//./_}
}

if [[ $funcstack[1] == _rtm ]]; then  # autoloaded, to complete the current line
  _rtm "$@"
elif (( $+functions[compdef] )); then
  compdef _rtm rtm
else
  print -u2 'rtm: run "autoload -Uz compinit; compinit" before this script'
fi
"""


def render(specs: Sequence[CompletionSpec]) -> str:
    """Return the script for some versions of the API, the default one first."""
    functions = [*_parts_functions(specs), *(line for spec in specs for line in _functions(spec))]
    text = "".join([_HEAD, *functions, _TAIL])
    return text.replace("@CONFIG@", specs[0].config_path).replace("@API@", specs[0].api_version)


def _functions(spec: CompletionSpec) -> Iterator[str]:
    prefix = f"_rtm_{spec.api_version.replace('.', '_')}"
    for command in spec.commands:
        for positional in command.positionals:
            yield from _following_function(prefix, command, positional)
    yield f"\n{prefix}_commands() {{\n  local -a commands=(\n"
    for command in spec.commands:
        yield f"    '{_escape(command.name)}:{_escape(command.summary)}'\n"
    yield "  )\n  _describe -t commands command commands\n}\n"
    yield f"\n{prefix}() {{\n  local curcontext=$curcontext state\n"
    yield "  local -a line\n  typeset -A opt_args\n"
    for name, flags in spec.flag_groups.items():
        yield f"  local -a {name}=(\n{_indent(map(_option_spec, flags))}  )\n"
    root_specs = "".join(f"    {_option_spec(flag)} \\\n" for flag in spec.root_flags)
    yield _DISPATCH.replace("@FLAGS@", root_specs).replace("@PREFIX@", prefix)
    for command in spec.commands:
        yield from _command_case(prefix, command)
    yield "  esac\n}\n"


_DISPATCH = r"""  _arguments -C \
@FLAGS@    '(-)1:command:@PREFIX@_commands' \
    '(-)*:: :->words'
  [[ $state == words ]] || return
  case ${words[1]//_/-} in
"""


def _command_case(prefix: str, command: CompletionCommand) -> Iterator[str]:
    groups = "".join(f' "${name}[@]"' for name in command.group_names)
    option_specs = [_option_spec(flag) for flag in command.own_flags]
    positional_specs = [
        _positional_spec(prefix, command, number, positional)
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


def _parts_name(value: ValueType) -> str:
    return f"_rtm_{value.metavar.lower()}"


def _parts_functions(specs: Iterable[CompletionSpec]) -> Iterator[str]:
    """Yield a function for each type of values that have two parts."""
    types = {
        flag.type.metavar: flag.type
        for spec in specs
        for command in spec.commands
        for flag in command.own_flags
        if flag.type.completion is Completion.PARTS
    }
    for value in types.values():
        first, second = (
            " ".join(f"'{word}'" for word in words)
            for words in (value.choices, value.second_choices)
        )
        yield f"\n{_parts_name(value)}() {{\n  _rtm_parts {first} -- {second}\n}}\n"


def _following_function(
    prefix: str, command: CompletionCommand, positional: Positional
) -> Iterator[str]:
    """Yield a function for a word whose type depends on the word before it."""
    if not positional.following:
        return
    yield f"\n{prefix}_{command.name}_words() {{\n  case $words[CURRENT-1] in\n"
    for word, value_type in positional.following:
        yield f"    {word}) {_value_command(value_type)} ;;\n"
    yield f"    *) {_value_command(positional.type)} ;;\n  esac\n}}\n"


def _value_command(value: ValueType) -> str:
    if value.completion is Completion.CHOICES:
        return f"compadd -- {' '.join(value.choices)}"
    return _value_completer(value)


def _positional_spec(
    prefix: str, command: CompletionCommand, number: int, positional: Positional
) -> str:
    if positional.type.completion is Completion.COMMAND:
        return "'*:::command:_normal'"
    position = "*" if positional.multiple else f"{number}:"
    completer = (
        f"{prefix}_{command.name}_words"
        if positional.following
        else _value_completer(positional.type)
    )
    return f"'{position}:{_escape(positional.name)}:{completer}'"


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
        case Completion.PARTS:
            return _parts_name(value)
        case _:
            return " "


def _escape(text: str) -> str:
    """Escape what is special to `_arguments`, for use within single quotes."""
    for char in "\\[]:":
        text = text.replace(char, f"\\{char}")
    return text.replace("'", "'\\''")
