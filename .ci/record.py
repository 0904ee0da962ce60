"""Record a terminal session: run commands in a sandbox, and print their output as SVG.

Each command runs on a terminal of 80 columns; its output is rendered with colors. The sandbox has
a fixed seed, so that the image is reproducible.
"""

import html
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

COMMANDS = [
    """rtm get-customers --filters-country-values Poland --all |
    jq -c '{id, name}'""",
    """rtm send-event --chat-id PJ0MRSHTDG --text 'On our way' --wait |
    jq -r '.thread_id // .payload.event.text'""",
    "rtm ban-customer --ban-day 5",
    """rtm get-customers --filters-visits-count-lte 1 --all |
    jq -c '{customer_id: .id}' |
    rtm ban-customer - --ban-days 1 | sort | uniq -c""",
    'rtm close-thread --chat-id NOSUCHCHAT; echo "status $?"',
]
WIDTH = 80
LINE_HEIGHT, CHARACTER_WIDTH, MARGIN, TITLE_BAR_HEIGHT = 20, 8.43, 16, 36  # pixels
COLORS = {
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


def main() -> None:
    """Print the recording of all commands."""
    folder = Path(sys.executable).parent
    env = {
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "HOME": "/nonexistent",
        "TERM": "xterm-256color",
        "LC_ALL": "C.UTF-8",
    }
    sandbox_command = [str(folder / "rtm"), "sandbox", "--port", "0", "--seed", "1"]
    with subprocess.Popen(sandbox_command, env=env, stdout=subprocess.PIPE, text=True) as sandbox:
        assert sandbox.stdout
        address = json.loads(sandbox.stdout.readline())
        env |= {"RTM_URL": address["url"], "RTM_TOKEN": address["token"]}
        print(render_svg([(command, run(command, env)) for command in COMMANDS]), end="")
        sandbox.terminate()


def run(command: str, env: dict[str, str]) -> list[list[Cell]]:
    """Run a command on a terminal; return its output as rows."""
    master, slave = pty.openpty()
    process = subprocess.Popen(["bash", "-c", command], stdout=slave, stderr=slave, env=env)
    os.close(slave)
    screen = Screen()
    data = b""
    try:
        while chunk := os.read(master, 4096):
            data += chunk
    except OSError:  # all processes have closed the terminal
        pass
    process.wait()
    os.close(master)
    screen.write(data.decode())
    return [row for row in screen.rows if row]


def render_svg(recordings: list[tuple[str, list[list[Cell]]]]) -> str:
    """Render commands and their output; they appear one after the other."""
    elements: list[str] = []
    height = TITLE_BAR_HEIGHT
    for number, (command, rows) in enumerate(recordings):
        command_rows = [
            [Cell(character, FOREGROUND) for character in line] for line in command.split("\n")
        ]
        command_rows[0][:0] = [Cell("$", PROMPT_COLOR), Cell(" ", FOREGROUND)]
        elements.append(f'<g style="animation-delay:{number * 1.5:g}s">')
        for row in [*command_rows, *rows]:
            height += LINE_HEIGHT
            elements.append(f'<text x="{MARGIN}" y="{height}">{"".join(render_spans(row))}</text>')
        elements.append("</g>")
        height += LINE_HEIGHT // 2
    width, height = round(WIDTH * CHARACTER_WIDTH) + 2 * MARGIN, height + MARGIN
    window_buttons = "".join(
        f'<circle cx="{MARGIN + 6 + index * 20}" cy="18" r="6" fill="{color}"/>'
        for index, color in enumerate(("#ff5f56", "#ffbd2e", "#27c93f"))
    )
    style = (
        "text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;"
        "white-space:pre}g{animation:show .01s backwards}@keyframes show{from{opacity:0}}"
        "@media(prefers-reduced-motion){g{animation:none}}"
    )
    size = f'width="{width}" height="{height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" {size}>'
    background_rect = f'<rect width="{width}" height="{height}" rx="8" fill="{BACKGROUND}"/>'
    return (
        "\n".join(
            [head, f"<style>{style}</style>", background_rect, window_buttons, *elements, "</svg>"]
        )
        + "\n"
    )


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
