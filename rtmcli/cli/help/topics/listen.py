"""`rtm help listen`."""

from collections.abc import Iterator

from rtmcli.catalogue.api import Api
from rtmcli.cli.help.blocks import Block, code_block, paragraph


def blocks(_: Api) -> Iterator[Block]:
    """Yield the blocks of the topic."""
    yield paragraph("""
        rtm listen logs in and prints every push as one JSON line, as received, until it is
        stopped. On a terminal it prints a line of text for people instead: local time, push, chat,
        who and what; --output json or RTM_OUTPUT=json prints JSON there, too. It sends pings,
        detects a lost connection, and reconnects automatically.
    """)
    yield code_block(
        "set -o pipefail  # in bash: no failure of a pipeline is lost",
        "rtm listen --action incoming_event | jq -r .payload.event.text",
        "rtm listen --count 1 --for 30s --action customer_banned",
        "rtm listen --count 1 -- rtm send-event --chat-id PJ0MRSHTDG --text Hi",
    )
    yield paragraph("rtm help pushes lists the names of the pushes.")
    yield paragraph("""
        The API replays nothing. After each lost connection, one line marks the gap before the next
        push: {"type": "rtm.gap", "from", "to", "reason"}. To miss nothing, fetch the state again
        after a gap.
    """)
    yield paragraph("""
        The exit status is 0 if --count, --for or --idle is reached, 8 if --count is not reached
        within --for or --idle, 5 if --for or --idle ends without a connection, and 10 or 4 if
        the server forbids reconnecting. A lost connection never leads to status 0.
    """)
    yield paragraph("""
        A command after -- starts once rtm listen has logged in, so that no push of its calls is
        missed. It has nothing to read, and its output goes to standard error. If it fails,
        listening stops with its status; if listening stops first, the command is ended.
    """)
    yield paragraph("""
        Under systemd, in a unit with Type=notify, rtm listen reports that it is ready after the
        login, each loss of the connection as the status of the unit, and, with WatchdogSec=, that
        it is alive.
    """)
    yield paragraph("""
        To wait for the push of one call, use the --wait option of the call: it starts waiting
        before the call is sent, so that the push cannot be missed. All options: rtm listen --help.
    """)
