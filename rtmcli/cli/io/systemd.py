"""Notifications to systemd, for a unit with `Type=notify`; see sd_notify(3)."""

import os
import signal
import socket
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager, suppress

from rtmcli import signals

_WATCHDOG_VARIABLES = ("WATCHDOG_USEC", "WATCHDOG_PID")


class ServiceNotifier:
    """Sends the state of this service to the socket that `NOTIFY_SOCKET` names, if there is one.

    The variables of systemd are removed, so that child processes do not speak for the service.
    """

    def __init__(self, environ: MutableMapping[str, str]) -> None:
        address = environ.pop("NOTIFY_SOCKET", "")
        # A leading @ stands for the null byte of an abstract socket.
        self._address = "\0" + address[1:] if address.startswith("@") else address
        # `WATCHDOG_PID` is ignored: it is the shell's if the service is a pipeline.
        timeout, _ = (environ.pop(name, "") for name in _WATCHDOG_VARIABLES)
        is_number = timeout.isascii() and timeout.isdigit()
        self._watchdog_timeout = int(timeout) / 1e6 if is_number and address else 0.0  # seconds

    def ready(self) -> None:
        """Report that the service is up: `systemctl start` waits for it."""
        self._send("READY=1\nSTATUS=connected")

    def status(self, text: str) -> None:
        """Report a state that `systemctl status` shows."""
        self._send(f"STATUS={' '.join(text.split())}")

    @contextmanager
    def watchdog(self) -> Iterator[None]:
        """Report from the waits of the context that the service is alive, if systemd asks for it.

        systemd restarts a service that does not, for example because a wait never ends.
        """
        if not self._watchdog_timeout:
            yield
            return
        interval = self._watchdog_timeout / 2
        alarm = signals.SignalFile(signal.SIGALRM, lambda: self._send("WATCHDOG=1"))
        try:
            with signals.background(alarm):
                signal.setitimer(signal.ITIMER_REAL, interval, interval)
                yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            alarm.close()

    def _send(self, state: str) -> None:
        if not self._address:
            return
        # A manager that does not listen is not a reason to stop.
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
            sock.setblocking(False)
            sock.sendto(state.encode(errors="replace"), os.fsencode(self._address))
