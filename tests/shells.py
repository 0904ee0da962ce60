"""Drive real shells: ask for completions, and press TAB in a terminal."""

import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from running import PATIENCE, program
from terminals import Terminal

_DUMP = "\x18\x14"  # Ctrl-X Ctrl-T shows the line and empties it
_SETUP = {
    "bash": r"""
PS1= PS2=; bind 'set bell-style none'; bind 'set enable-bracketed-paste off'
show() { printf '<<%s>>\n' "$READLINE_LINE"; READLINE_LINE= READLINE_POINT=0; }
bind -x '"\C-x\C-t": show'
source "$SCRIPT"; echo '<<ready>>'
""",
    "zsh": r"""
PS1= PS2=; unsetopt beep prompt_sp prompt_cr zle_bracketed_paste 2>/dev/null
show() { zle -I; print -r -- "<<$BUFFER>>"; BUFFER= }
zle -N show; bindkey -e; bindkey '^X^T' show
fpath=("${SCRIPT:h}" $fpath); autoload -Uz compinit; compinit -u -D; echo '<<ready>>'
""",
}


def bash_offers(script: Path, lines: Iterable[str], env: Mapping[str, str]) -> list[list[str]]:
    """Return what bash offers at the end of each line."""
    code = r"""
source "$SCRIPT"
while IFS= read -r COMP_LINE; do
  COMP_POINT=${#COMP_LINE}
  _rtm
  for word in "${COMPREPLY[@]}"; do printf '%s\t' "$word"; done
  echo
done
"""
    answer = subprocess.run(
        [program("bash"), "--noprofile", "--norc", "-c", code],
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        text=True,
        env={**env, "SCRIPT": str(script)},
        timeout=PATIENCE,
        check=True,
    )
    assert answer.stderr == ""
    return [line.split("\t")[:-1] for line in answer.stdout.splitlines()]


def fish_offers(script: Path, lines: Iterable[str], env: Mapping[str, str]) -> list[list[str]]:
    """Return what fish offers at the end of each line, without the descriptions."""
    code = r"""
source $SCRIPT
while read -l line
    complete -C $line
    echo ===
end
"""
    answer = subprocess.run(
        [program("fish"), "--no-config", "-c", code],
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        text=True,
        env={**env, "SCRIPT": str(script)},
        timeout=PATIENCE,
        check=True,
    )
    assert answer.stderr == ""
    found: list[list[str]] = [[]]
    for line in answer.stdout.splitlines():
        if line == "===":
            found.append([])
        else:
            found[-1].append(line.partition("\t")[0])
    return found[:-1]


class Shell:
    """An interactive shell on a terminal."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def after_tab(self, line: str) -> str:
        """Type a line and press TAB; return what the line is then."""
        self._terminal.press(f"{line}\t{_DUMP}")
        return self.shown()

    def shown(self) -> str:
        """Wait for the next text between << and >>."""
        terminal = self._terminal
        while b">>" not in terminal.shown.partition(b"<<")[2]:
            assert terminal.read(), f"the shell is gone: {terminal.shown!r}"
        text, _, terminal.shown = terminal.shown.partition(b"<<")[2].partition(b">>")
        return text.decode()


@contextmanager
def terminal(shell: str, script: Path, env: Mapping[str, str], cwd: Path) -> Iterator[Shell]:
    """Run an interactive bash or zsh that knows the script, in a folder."""
    setup = Path(env["HOME"]) / ".zshrc"
    setup.write_text(_SETUP[shell])
    options = ["--noprofile", "--rcfile", str(setup)] if shell == "bash" else ["-d"]
    around = {**env, "SCRIPT": str(script), "TERM": "xterm"}
    with Terminal(columns=300) as screen:
        screen.run(program(shell), *options, "-i", env=around, cwd=cwd)
        session = Shell(screen)
        assert session.shown() == "ready"
        yield session
