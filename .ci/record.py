"""Record a terminal session: run commands in a sandbox, and print their output as SVG.

Each command runs on a terminal of 80 columns; its output is rendered with colors. The image is
reproducible: the sandbox has a fixed seed, its customers act once `rtm listen` is connected, and
the times of the pushes are replaced. The lines appear one after the other, in a loop.
"""

import html
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import NamedTuple

from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.domain.traffic import TrafficGenerator
from rtmcli.sandbox.server_thread import run_sandbox

SANDBOX_COMMAND = "rtm sandbox --traffic 2 -- bash"  # the following commands run in its shell
COMMANDS = [
    """rtm ban-customer --customer-id b7eff798-f8df-4364-8059-649c35c9ed0c \\
    --ban-days 5""",
    "rtm ban-customer --ban-day 5",
    """rtm get-customers --filters-country-values Poland --all --max-items 3 |
    jq -c '{id, name}'""",
    'rtm close-thread --chat-id NOSUCHCHAT; echo "status $?"',
]
LISTEN_COMMAND = "rtm listen --action incoming_chat_thread --action incoming_event --count 6"
CONNECTED = b"connected to license"
STEP, PUSH_STEP, END_PAUSE = 1.2, 0.8, 4  # seconds between commands, between pushes, at the end
WIDTH = 80
LINE_HEIGHT, CHARACTER_WIDTH, MARGIN, TITLE_BAR_HEIGHT = 20, 8.43, 16, 36  # pixels
COLORS = {
    2: "#8b949e",  # dim
    30: "#6e7681",
    31: "#ff7b72",
    32: "#7ee787",
    33: "#d29922",
    34: "#79c0ff",
    35: "#d2a8ff",
    36: "#56d4dd",
    37: "#f0f6fc",
}
FOREGROUND, BACKGROUND, PROMPT_COLOR = "#e6edf3", "#0d1117", "#7ee787"
BORDER = "#30363d"  # visible on a dark page
_TOKEN = re.compile(r"\x1b\[([?0-9;]*)([A-Za-z])|([\r\n])|([^\x1b\r\n]+)")


class Cell(NamedTuple):
    """A character and its color."""

    character: str
    color: str


class Screen:
    """A terminal emulator that supports what the recorded commands print."""

    def __init__(self) -> None:
        self.rows: list[list[Cell]] = [[]]
        self._row = self._column = 0
        self._color = FOREGROUND

    def write(self, text: str) -> None:
        """Process output; long lines wrap."""
        for arguments, letter, control, characters in _TOKEN.findall(text):
            if control == "\r":
                self._column = 0
            elif control == "\n":
                self._line_feed()
            elif letter:
                self._apply_escape(arguments, letter)
            for character in characters:
                self._put_character(character)

    def _put_character(self, character: str) -> None:
        if self._column == WIDTH:
            self._column = 0
            self._line_feed()
        row = self.rows[self._row]
        row += [Cell(" ", FOREGROUND)] * (self._column + 1 - len(row))
        row[self._column] = Cell(character, self._color)
        self._column += 1

    def _line_feed(self) -> None:
        self._row += 1
        if self._row == len(self.rows):
            self.rows.append([])

    def _apply_escape(self, arguments: str, letter: str) -> None:
        numbers = [int(number) for number in re.findall(r"\d+", arguments)] or [0]
        if letter == "m":
            for number in numbers:
                self._color = COLORS.get(
                    number % 60, FOREGROUND if number in (0, 39) else self._color
                )
        elif letter == "A":
            self._row = max(0, self._row - max(1, numbers[0]))
        elif letter == "K":
            del self.rows[self._row][0 if numbers[0] == 2 else self._column :]  # noqa: PLR2004


class Recording(NamedTuple):
    """A command and its output, which appears `delay` seconds after the previous recording."""

    command: str
    rows: list[list[Cell]]
    delay: float


def main() -> None:
    """Print the recording of all commands."""
    folder = Path(sys.executable).parent
    license_ = License(seed=1)
    with run_sandbox(license_) as sandbox:
        env = {
            "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
            "HOME": "/nonexistent",
            "TERM": "xterm-256color",
            "LC_ALL": "C.UTF-8",
            "RTM_URL": sandbox.url,
            "RTM_TOKEN": sandbox.token,
        }
        recordings = [Recording(SANDBOX_COMMAND, [], 0)]
        recordings += [Recording(each, rows(run(each, env)), STEP) for each in COMMANDS]
        customers = TrafficGenerator(license_, seed=1)

        def act() -> None:
            sandbox.call_threadsafe(lambda server: server.send_facts(customers.step()))

        times = count()
        text = re.sub(
            r"\d\d:\d\d:\d\d",
            lambda _: f"13:18:{24 + 3 * next(times)}",
            run(LISTEN_COMMAND, env, act),
        )
        first, *others = rows(text)
        recordings.append(Recording(LISTEN_COMMAND, [first], STEP))
        recordings += [Recording("", [row], PUSH_STEP) for row in others]
    print(render_svg(recordings), end="")


def run(command: str, env: dict[str, str], act: Callable[[], None] | None = None) -> str:
    """Run a command on a terminal; return its output.

    Once the command says that it is connected, call `act` until it ends.
    """
    master, slave = pty.openpty()
    process = subprocess.Popen(["bash", "-c", command], stdout=slave, stderr=slave, env=env)
    os.close(slave)
    data = b""
    try:
        while chunk := os.read(master, 4096):
            data += chunk
            while act and CONNECTED in data and process.poll() is None:
                act()
    except OSError:  # all processes have closed the terminal
        pass
    process.wait()
    os.close(master)
    return data.decode()


def rows(output: str) -> list[list[Cell]]:
    """Return output as the rows of a terminal."""
    screen = Screen()
    screen.write(output)
    return [row for row in screen.rows if row]


def render_svg(recordings: list[Recording]) -> str:
    """Render commands and their output; they appear one after the other, and start over."""
    elements: list[str] = []
    keyframes: list[str] = []
    height, time = TITLE_BAR_HEIGHT, 0.0
    duration = sum(recording.delay for recording in recordings) + END_PAUSE
    for number, (command, output, delay) in enumerate(recordings):
        time += delay
        start = 100 * time / duration
        hidden = f"0%,{start:.2f}%{{opacity:0}}" if time else ""
        keyframes.append(f"@keyframes k{number}{{{hidden}{start + 0.01:.2f}%,100%{{opacity:1}}}}")
        elements.append(f'<g style="animation-name:k{number}">')
        height += LINE_HEIGHT // 2 if command else 0
        for row in [*command_rows(command), *output]:
            height += LINE_HEIGHT
            elements.append(f'<text x="{MARGIN}" y="{height}">{"".join(render_spans(row))}</text>')
        elements.append("</g>")
    width, height = round(WIDTH * CHARACTER_WIDTH) + 2 * MARGIN, height + MARGIN + LINE_HEIGHT // 2
    window_buttons = "".join(
        f'<circle cx="{MARGIN + 6 + index * 20}" cy="18" r="6" fill="{color}"/>'
        for index, color in enumerate(("#ff5f56", "#ffbd2e", "#27c93f"))
    )
    style = (
        "text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;"
        f"white-space:pre}}g{{animation:{duration:g}s infinite}}{''.join(keyframes)}"
        "@media(prefers-reduced-motion){g{animation:none}}"
    )
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" {size}>'
    window = (
        f'<rect x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="8" '
        f'fill="{BACKGROUND}" stroke="{BORDER}"/>'
    )
    lines = [head, f"<style>{style}</style>", window, window_buttons, *elements, "</svg>"]
    return "\n".join(lines) + "\n"


def command_rows(command: str) -> list[list[Cell]]:
    """Return a command as rows, after a prompt; no rows for no command."""
    if not command:
        return []
    first, *others = [
        [Cell(character, FOREGROUND) for character in line] for line in command.split("\n")
    ]
    return [[Cell("$", PROMPT_COLOR), Cell(" ", FOREGROUND), *first], *others]


def render_spans(row: list[Cell]) -> Iterator[str]:
    """Yield a row as spans of one color each."""
    start = 0
    for end in range(1, len(row) + 1):
        if end == len(row) or row[end].color != row[start].color:
            text = html.escape("".join(cell.character for cell in row[start:end]), quote=False)
            yield f'<tspan fill="{row[start].color}">{text}</tspan>'
            start = end


if __name__ == "__main__":
    main()
