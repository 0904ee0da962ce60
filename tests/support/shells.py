"""Control real shells: request completions, and press TAB in a terminal."""

import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from support.process import TIMEOUT, require_program
from support.terminal import Terminal

_PRINT_LINE_KEYS = "\x18\x14"  # Ctrl-X Ctrl-T prints the line and clears it
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


def bash_completions(script: Path, lines: Iterable[str], env: Mapping[str, str]) -> list[list[str]]:
    """Return the completions of bash at the end of each line."""
    code = r"""
source "$SCRIPT"
while IFS= read -r COMP_LINE; do
  COMP_POINT=${#COMP_LINE}
  _rtm
  for word in "${COMPREPLY[@]}"; do printf '%s\t' "$word"; done
  echo
done
"""
    result = subprocess.run(
        [require_program("bash"), "--noprofile", "--norc", "-c", code],
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        text=True,
        env={**env, "SCRIPT": str(script)},
        timeout=TIMEOUT,
        check=True,
    )
    assert result.stderr == ""
    return [line.split("\t")[:-1] for line in result.stdout.splitlines()]


def fish_completions(script: Path, lines: Iterable[str], env: Mapping[str, str]) -> list[list[str]]:
    """Return the completions of fish at the end of each line, without descriptions."""
    code = r"""
source $SCRIPT
while read -l line
    complete -C $line
    echo ===
end
"""
    result = subprocess.run(
        [require_program("fish"), "--no-config", "-c", code],
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        text=True,
        env={**env, "SCRIPT": str(script)},
        timeout=TIMEOUT,
        check=True,
    )
    assert result.stderr == ""
    completions: list[list[str]] = [[]]
    for line in result.stdout.splitlines():
        if line == "===":
            completions.append([])
        else:
            completions[-1].append(line.partition("\t")[0])
    return completions[:-1]


class Shell:
    """An interactive shell in a terminal."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def complete(self, line: str) -> str:
        """Type a line and press TAB; return the completed line."""
        self._terminal.send_keys(f"{line}\t{_PRINT_LINE_KEYS}")
        return self.read_marked()

    def read_marked(self) -> str:
        """Return the next text between << and >>."""
        terminal = self._terminal
        while b">>" not in terminal.output.partition(b"<<")[2]:
            assert terminal.read_more(), f"the shell has ended: {terminal.output!r}"
        text, _, terminal.output = terminal.output.partition(b"<<")[2].partition(b">>")
        return text.decode()


@contextmanager
def interactive_shell(
    shell: str, script: Path, env: Mapping[str, str], cwd: Path
) -> Iterator[Shell]:
    """Run an interactive bash or zsh with the completion script, in the folder `cwd`."""
    setup = Path(env["HOME"]) / ".zshrc"
    setup.write_text(_SETUP[shell])
    options = ["--noprofile", "--rcfile", str(setup)] if shell == "bash" else ["-d"]
    shell_env = {**env, "SCRIPT": str(script), "TERM": "xterm"}
    with Terminal(columns=300) as terminal:
        terminal.run(require_program(shell), *options, "-i", env=shell_env, cwd=cwd)
        session = Shell(terminal)
        assert session.read_marked() == "ready"
        yield session
