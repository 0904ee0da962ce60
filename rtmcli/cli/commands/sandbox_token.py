"""The token that `rtm sandbox` offers: in a variable, or in a file that it keeps up to date."""

import shlex
from pathlib import Path
from typing import Any

from rtmcli.cli.io import stderr
from rtmcli.errors import RtmError, UsageError
from rtmcli.protocol import json_codec

# A new token comes every third of the lifetime. A client renews it at 0.9 of `expires_in`, counted
# from when it read the file: half the lifetime is late enough for a new token to be there, and
# early enough for the old one to be valid, whenever the file was read.
_STATED_LIFETIME = 0.5
_LOCK_TIMEOUT = 1.0  # seconds; the server waits meanwhile


class OfferedToken:
    """The newest token of the first agent."""

    def __init__(self, path: str | None, lifetime: float | None) -> None:
        """Keep it in the file `path`, if that is given; `lifetime` is in seconds."""
        self._path = Path(path).absolute() if path else None
        self._lifetime = lifetime

    def write(self, token: str) -> None:
        """Write a token to the file, if there is one; raise `UsageError` if that fails."""
        if self._path is None:
            return
        if not self._path.parent.is_dir():
            raise UsageError(f"--write-token {self._path}: no such directory")
        from rtmcli.settings.writing import atomic_update  # not needed without a file

        response: dict[str, Any] = {"access_token": token}
        if self._lifetime:
            response["expires_in"] = self._lifetime * _STATED_LIFETIME
        text = json_codec.dumps(response).decode() + "\n"
        try:
            atomic_update(self._path, lambda: text, _LOCK_TIMEOUT)
        except UsageError as error:
            raise UsageError(f"--write-token {error.message}") from None

    def replace(self, token: str) -> None:
        """Write a new token, while the server runs; report an error."""
        try:
            self.write(token)
        except RtmError as error:
            stderr.write_line(f"rtm: sandbox: {error.message}; the file has an old token")

    def variable(self, token: str) -> dict[str, str]:
        """Return the variable through which clients get the token, by its name."""
        if self._path is None:
            return {"RTM_TOKEN": token}
        return {"RTM_TOKEN_COMMAND": f"cat {shlex.quote(str(self._path))}"}
