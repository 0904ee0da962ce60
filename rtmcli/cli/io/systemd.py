"""Notifications to systemd, for a unit with `Type=notify`; see sd_notify(3)."""

import os
import socket
from collections.abc import MutableMapping
from contextlib import suppress


class ServiceNotifier:
    """Sends the state of this service to the socket that `NOTIFY_SOCKET` names, if there is one.

    The variable is removed, so that child processes do not speak for the service.
    """

    def __init__(self, environ: MutableMapping[str, str]) -> None:
        address = environ.pop("NOTIFY_SOCKET", "")
        # A leading @ stands for the null byte of an abstract socket.
        self._address = "\0" + address[1:] if address.startswith("@") else address

    def ready(self) -> None:
        """Report that the service is up: `systemctl start` waits for it."""
        self._send("READY=1\nSTATUS=connected")

    def status(self, text: str) -> None:
        """Report a state that `systemctl status` shows."""
        self._send(f"STATUS={' '.join(text.split())}")

    def _send(self, state: str) -> None:
        if not self._address:
            return
        # A manager that does not listen is not a reason to stop.
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
            sock.setblocking(False)
            sock.sendto(state.encode(errors="replace"), os.fsencode(self._address))
