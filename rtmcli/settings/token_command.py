"""Run the `token_command` of a profile and return the token that it prints.

A list is executed directly; a string is passed to the shell. The command has no standard input,
our environment without `RTM_TOKEN`, and ten seconds; then its process group is killed. It prints
one line, the token. Its standard error is quoted only if it fails.
"""

import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence

from rtmcli import signals
from rtmcli.errors import AuthError, os_error_text
from rtmcli.protocol.escaping import excerpt
from rtmcli.protocol.redaction import Redactor

DEFAULT_TIMEOUT = 10.0  # seconds
_MAX_OUTPUT_SIZE = 64 * 1024  # bytes of output
_POLL_INTERVAL_MS = 50  # milliseconds between checks whether the command has ended
_STDERR_TAIL_SIZE = 2048  # bytes of standard error that are kept


def run(
    command: str | Sequence[str],
    environ: Mapping[str, str],
    source_name: str,
    timeout: float = DEFAULT_TIMEOUT,
) -> str:
    """Run the command and return its output; raise `AuthError` if it fails."""
    try:
        # It keeps our core limit, which is zero, because it handles a secret, too.
        process = subprocess.Popen(  # noqa: S603  # the user's own command
            command,
            shell=isinstance(command, str),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(environ),
            start_new_session=True,  # with a process group that can be killed
        )
    except ValueError:  # a null byte
        raise AuthError(f"{source_name}: cannot be run") from None
    except OSError as error:
        raise AuthError(f"{source_name}: {os_error_text(error)}") from None
    with process:
        try:
            stdout, stderr = _collect_output(process, time.monotonic() + timeout)
        except TimeoutError:
            raise AuthError(
                f"{source_name} printed no token within {round(timeout, 1):g} s"
            ) from None
        except OverflowError:
            raise AuthError(f"{source_name} printed more than {_MAX_OUTPUT_SIZE} bytes") from None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    if process.returncode:
        raise AuthError(
            f"{source_name} failed with {_describe_exit(process.returncode)}"
            f"{_stderr_excerpt(stderr, stdout)}"
        )
    return stdout.decode("utf-8", "surrogateescape")


def _collect_output(process: subprocess.Popen[bytes], deadline: float) -> tuple[bytes, bytes]:
    """Collect the output of a process until it ends, even if its children keep the pipes open."""
    stdout, stderr = bytearray(), bytearray()
    buffers = {
        file.fileno(): kept
        for file, kept in ((process.stdout, stdout), (process.stderr, stderr))
        if file
    }
    poller = signals.Poller()
    for fd in buffers:
        poller.register(fd, select.POLLIN)
    exited = False
    while True:
        ready = poller.poll(0 if exited else _POLL_INTERVAL_MS)
        if exited and not ready:
            return bytes(stdout), bytes(stderr)
        for fd, _ in ready:
            data = os.read(fd, _MAX_OUTPUT_SIZE)
            buffers[fd] += data
            if not data:
                poller.unregister(fd)
        del stderr[:-_STDERR_TAIL_SIZE]
        if len(stdout) > _MAX_OUTPUT_SIZE:
            raise OverflowError
        if time.monotonic() > deadline:
            raise TimeoutError
        exited = process.poll() is not None


def _describe_exit(returncode: int) -> str:
    return f"exit status {returncode}" if returncode > 0 else signal.Signals(-returncode).name


def _stderr_excerpt(stderr: bytes, stdout: bytes) -> str:
    """Quote the last line of standard error, without the token."""
    lines = stderr.strip().splitlines()
    token = stdout.decode("ascii", "replace").strip()
    return f": {excerpt(Redactor([token]).redact_text(lines[-1]))}" if lines else ""
