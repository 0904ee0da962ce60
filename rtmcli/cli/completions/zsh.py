"""The script for zsh: an autoloaded function that describes all to `_arguments`."""

from collections.abc import Iterable, Iterator

from rtmcli.cli.completions.model import Flag, Place, Script, Subject, Takes, Value

_HEAD = r"""#compdef rtm
# zsh completion for rtm, as `rtm completion zsh` prints it.

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
_rtm "$@"
"""


def write(script: Script) -> str:
    """Write the whole script."""
    return _HEAD.replace("@CONFIG@", script.config) + "".join(_function(script)) + _TAIL


def _function(script: Script) -> Iterator[str]:
    yield "\n_rtm_commands() {\n  local -a commands=(\n"
    for subject in script.subjects:
        yield f"    '{_escaped(subject.name)}:{_escaped(subject.summary)}'\n"
    yield "  )\n  _describe -t commands command commands\n}\n"
    yield "\n_rtm() {\n  local curcontext=$curcontext state\n"
    yield "  local -a line\n  typeset -A opt_args\n"
    for name, flags in script.groups.items():
        yield f"  local -a {name}=(\n{_indented(map(_option, flags))}  )\n"
    yield _START
    for subject in script.subjects:
        yield from _case(subject)
    yield "  esac\n}\n"


_START = r"""  _arguments -C \
    '(- *)'{-h,--help}'[Show the help]' \
    '(- *)--version[Print the version]' \
    '(-)1:command:_rtm_commands' \
    '(-)*:: :->words'
  [[ $state == words ]] || return
  case ${words[1]//_/-} in
"""


def _case(subject: Subject) -> Iterator[str]:
    groups = "".join(f' "${name}[@]"' for name in subject.groups)
    options = [_option(flag) for flag in subject.flags]
    places = [_place(number, place) for number, place in enumerate(subject.places, 1)]
    words = " \\\n".join(f"        {word}" for word in [*options, *places])
    yield f"    {subject.name})\n      _arguments -S{groups} \\\n{words} ;;\n"


def _indented(specs: Iterable[str]) -> str:
    return "".join(f"    {spec}\n" for spec in specs)


def _option(flag: Flag) -> str:
    """Write `--flag=[help]:metavar:action`; a flag excludes itself unless it may be repeated."""
    star = "*" if flag.many else ""
    about = f"[{_escaped(flag.help)}]"
    if flag.value.takes is Takes.NOTHING:
        return f"'{star}{flag.flag}{about}'"
    ending = "=" if flag.flag.startswith("--") else "+"
    metavar = _escaped(flag.metavar.lower() or "value")
    return f"'{star}{flag.flag}{ending}{about}:{metavar}:{_action(flag.value)}'"


def _place(number: int, place: Place) -> str:
    if place.value.takes is Takes.COMMAND:
        return "'*:::command:_normal'"
    where = "*" if place.many else f"{number}:"
    return f"'{where}:{_escaped(place.name)}:{_action(place.value)}'"


def _action(value: Value) -> str:
    match value.takes:
        case Takes.WORDS:
            return f"({' '.join(value.words)})"
        case Takes.FILE:
            return "_files"
        case Takes.JSON:
            return "_rtm_json"
        case Takes.PROFILE:
            return "_rtm_profiles"
        case _:
            return " "


def _escaped(text: str) -> str:
    """Quote what `_arguments` would take for its own signs, within single quotes."""
    for sign in "\\[]:":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("'", "'\\''")
