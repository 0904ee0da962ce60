"""The script for bash 3.2 and later; it needs only bash and sed.

For each version of the API it has a function that defines the functions of this version.
"""

from collections.abc import Iterator, Sequence

from rtmcli.cli.shell_completion.spec import CompletionCommand, CompletionSpec, Flag, Positional
from rtmcli.settings.types import Completion, ValueType

_HEAD = r"""# bash completion for rtm with API @API@, as `rtm completion bash` prints it.
# For other versions it follows --api on the line, and RTM_API.

_rtm_profiles() {
  local file=${RTM_CONFIG:-}
  if [[ -z $file ]]; then
    case ${XDG_CONFIG_HOME:-} in
      /*) file=$XDG_CONFIG_HOME/@CONFIG@ ;;
      *) file=$HOME/.config/@CONFIG@ ;;
    esac
  fi
  [[ -r $file ]] && sed -n \
    -e 's/^[[:space:]]*\[[[:space:]]*profiles\.\([A-Za-z0-9_-]\{1,\}\)[[:space:]]*\].*$/\1/p' \
    -e 's/^[[:space:]]*\[[[:space:]]*profiles\."\([^"]*\)"[[:space:]]*\].*$/\1/p' \
    "$file"
}

# Offer the words of $1, one per line, that begin with $2; prefix each with $3.
_rtm_offer() {
  local word
  while IFS= read -r word; do
    [[ -n $word && $word == "$2"* ]] && COMPREPLY+=("$3$word")
  done <<<"$1"
}

# Offer the files that begin with $1; prefix each with $2.
_rtm_files() {
  local file
  while IFS= read -r file; do
    if [[ -d $file ]]; then
      file+=/
      type compopt &>/dev/null && compopt -o nospace 2>/dev/null
    fi
    [[ -n $file ]] && COMPREPLY+=("$2$(printf %q "$file")")
  done < <(compgen -f -- "$1")
}
"""

_TAIL = r"""
_rtm() {
  local line=${COMP_LINE:0:COMP_POINT} cur prev command='' flags='' kind='' words='' part='' head=''
  local -i position=0 i
  local word skip='' rest='' version=${RTM_API:-} second=''
  COMPREPLY=()
  # bash also splits words at = and @; rtm gets the words that are split at blanks.
  cur=${line##*[[:space:]]}
  line=${line%"$cur"}
  local -a before
  read -ra before <<<"$line"
  prev=${before[${#before[@]} - 1]:-}
  for ((i = 1; i < ${#before[@]}; i++)); do
    case ${before[i]} in
      --) break ;;
      --api) version=${before[i + 1]:-} ;;
      --api=*) version=${before[i]#--api=} ;;
    esac
  done
  declare -F "_rtm_api_${version//./_}" >/dev/null || version=@API@
  "_rtm_api_${version//./_}"
  for ((i = 1; i < ${#before[@]}; i++)); do
    word=${before[i]}
    if [[ -n $skip ]]; then
      skip=''
    elif [[ $word == -- ]]; then
      rest=yes
      break
    elif [[ $word == -* ]]; then
      [[ $word != *=* ]] && _rtm_value "$command" "$word" && skip=yes
    elif [[ -z $command ]]; then
      command=${word//_/-}
    else
      position+=1
    fi
  done
  if [[ -n $rest ]]; then
    for ((i = 1; i < COMP_CWORD; i++)); do
      [[ ${COMP_WORDS[i]} == -- ]] && break
    done
    if declare -F _command_offset >/dev/null; then
      _command_offset $((i + 1))
    else
      _rtm_offer "$(compgen -c -- "$cur" | sort -u)" "" ""
    fi
    return
  fi
  kind='' words=''
  if [[ $cur == --*=* ]]; then
    head=${cur%%=*}= part=${cur#*=}
    _rtm_value "$command" "${cur%%=*}"
  elif [[ -n $skip ]]; then
    part=$cur
    _rtm_value "$command" "$prev"
  elif [[ $cur == -* ]]; then
    part=$cur kind=words
    _rtm_flags "$command"
    words=$flags
  elif [[ -z $command ]]; then
    kind=words words=$_rtm_commands part=$cur
  else
    part=$cur
    _rtm_positional "$command" "$position" "$prev"
  fi
  case $kind in
    words) _rtm_offer "${words// /$'\n'}" "$part" "$head" ;;
    profile) _rtm_offer "$(_rtm_profiles)" "$part" "$head" ;;
    file) _rtm_files "$part" "$head" ;;
    json) [[ $part == @* ]] && _rtm_files "${part#@}" "$head@" ;;
    parts)
      type compopt &>/dev/null && compopt -o nospace 2>/dev/null
      if [[ $part == *:* ]]; then
        _rtm_offer "${second// /$'\n'}" "${part#*:}" "$head${part%%:*}:"
      else
        _rtm_offer "${words// /$'\n'}" "$part" "$head"
      fi
      ;;
  esac
  # bash keeps the part that it has split off; an @ belongs to the part after it.
  local breaks=''
  for word in = @ :; do
    [[ $COMP_WORDBREAKS == *"$word"* ]] && breaks+=$word
  done
  if [[ -n $breaks && $cur == *["$breaks"]* ]]; then
    head=${cur%"${cur##*["$breaks"]}"}
    head=${head%@}
    for ((i = 0; i < ${#COMPREPLY[@]}; i++)); do
      COMPREPLY[i]=${COMPREPLY[i]#"$head"}
    done
  fi
}

complete -F _rtm rtm
"""


def render(specs: Sequence[CompletionSpec]) -> str:
    """Return the script for some versions of the API, the default one first."""
    text = _HEAD + "".join(map(_version_function, specs)) + _TAIL
    return text.replace("@CONFIG@", specs[0].config_path).replace("@API@", specs[0].api_version)


def _version_function(spec: CompletionSpec) -> str:
    return (
        f"\n# Define what completes the commands of API {spec.api_version}.\n"
        f"_rtm_api_{spec.api_version.replace('.', '_')}() {{\n{''.join(_functions(spec))}}}\n"
    )


def _functions(spec: CompletionSpec) -> Iterator[str]:
    names = " ".join(command.name for command in spec.commands)
    yield f"_rtm_commands='{names}'\n"
    for name, flags in spec.flag_groups.items():
        yield f"_rtm_{name}='{_join_names(flags)}'\n"
    yield "\n# Set flags to the flags of the command $1.\n_rtm_flags() {\n  case $1 in\n"
    yield f"    '') flags=\"{_join_names(spec.root_flags)}\" ;;\n"
    for command in spec.commands:
        groups = "".join(f" $_rtm_{name}" for name in command.group_names)
        yield f'    {command.name}) flags="{_join_names(command.own_flags)}{groups}" ;;\n'
    yield "  esac\n}\n"
    yield "\n# Set kind and words for the value of the flag $2 of the command $1; fail if it has\n"
    yield "# none.\n_rtm_value() {\n  case $1$2 in\n"
    yield from (f"    {line}" for line in _value_cases(spec.root_flags))
    ambiguous = _ambiguous_names(spec)
    for command in spec.commands:
        flags = tuple(
            flag
            for flag in spec.all_flags(command)
            if flag in command.own_flags or flag.name in ambiguous
        )
        yield from (f"    {command.name}{line}" for line in _value_cases(flags))
    for flags in spec.flag_groups.values():
        yield from (f"    *{line}" for line in _value_cases(flags))
    yield "    *) return 1 ;;\n  esac\n}\n"
    yield "\n# Set kind and words for the argument number $2, from 0, of the command $1; the word\n"
    yield "# before it is $3.\n_rtm_positional() {\n  case $1/$2/$3 in\n"
    for command in spec.commands:
        for number, positional in enumerate(command.positionals):
            yield from _positional_cases(command, number, positional)
    yield "  esac\n}\n"


def _ambiguous_names(spec: CompletionSpec) -> set[str]:
    """Return the flags of which groups differ in the values: their commands decide."""
    types: dict[str, list[ValueType]] = {}
    for flags in spec.flag_groups.values():
        for flag in flags:
            types.setdefault(flag.name, []).append(flag.type)
    return {name for name, found in types.items() if any(one != found[0] for one in found)}


def _join_names(flags: tuple[Flag, ...]) -> str:
    return " ".join(flag.name for flag in flags)


def _value_cases(flags: tuple[Flag, ...]) -> Iterator[str]:
    for flag in flags:
        if flag.type.completion is not Completion.NONE:
            yield f"{flag.name}) {_assignments(flag.type)} ;;\n"


def _positional_cases(
    command: CompletionCommand, number: int, positional: Positional
) -> Iterator[str]:
    place = f"{command.name}/{'*' if positional.multiple else number}"
    for word, value_type in positional.following:
        yield f"    {place}/{word}) {_assignments(value_type)} ;;\n"
    if positional.type.completion is not Completion.TEXT:
        yield f"    {place}/*) {_assignments(positional.type)} ;;\n"


def _assignments(value: ValueType) -> str:
    text = f"kind={value.completion.value}"
    for variable, words in (("words", value.choices), ("second", value.second_choices)):
        if words:
            text += f" {variable}='{' '.join(words)}'"
    return text
