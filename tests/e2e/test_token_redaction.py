"""No output contains the token, whatever its characters, even if a hostile server repeats it.

The server receives the token at login and sends it back, plain or encoded, everywhere that a client
may print it: messages, types, pushes, results, close reasons, HTTP responses.
"""

import base64
import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, NamedTuple
from unittest import mock
from urllib.parse import quote, quote_plus

import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st
from support.fault_server import (
    HANDSHAKE,
    ConnectionEvent,
    FaultServer,
    Step,
    close,
    drop,
    http_response,
    message,
    push,
    respond,
    respond_error,
    text,
)

from rtmcli.cli.app import run
from rtmcli.cli.io import stderr
from rtmcli.protocol.redaction import Redactor

tokens = (
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=60)
    .filter(lambda token: not {token[0], token[-1]} & set("'\"`"))  # quotes around it are an error
    .filter(lambda token: token[0] != "{")  # a token command's output is JSON then
)

ENCODINGS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "JSON": lambda token: json.dumps(token)[1:-1],
    "repr": repr,
    "URL": lambda token: quote(token, safe=""),
    "form": quote_plus,
    "Base64": lambda token: base64.b64encode(f"Bearer {token}".encode()).decode(),
    "Base64 of the token": lambda token: base64.b64encode(token.encode()).decode(),
    "Base64 for URLs": lambda token: base64.urlsafe_b64encode(f"x:{token}".encode()).decode(),
}


class EchoPoint(NamedTuple):
    """A way to send text to the client: the trigger and the steps."""

    trigger: str | ConnectionEvent
    make_steps: Callable[[str], Step | list[Step]]


ECHO_POINTS = {
    "login error": EchoPoint(
        "login", lambda echoed: respond_error("authentication", f"bad token {echoed}!")
    ),
    "login error type": EchoPoint("login", lambda echoed: respond_error(echoed, "no")),
    "region": EchoPoint(
        "login", lambda echoed: respond_error("misdirected_request", data={"region": echoed})
    ),
    "agent": EchoPoint("login", lambda echoed: respond({"my_profile": {"id": echoed}})),
    "error": EchoPoint(
        "*", lambda echoed: respond_error("validation", f"{echoed} is wrong", {"x": echoed})
    ),
    "authorization": EchoPoint("*", lambda echoed: respond_error("authorization", echoed)),
    "ambiguous error": EchoPoint("*", lambda echoed: respond_error("internal", echoed)),
    "result": EchoPoint("*", lambda echoed: respond({"value": echoed, echoed: [echoed]})),
    "push": EchoPoint("*", lambda echoed: [push(echoed, {"value": echoed}), respond()]),
    "reason": EchoPoint(
        "login",
        lambda echoed: [push("agent_disconnected", {"reason": echoed}), close(1000, echoed[:99])],
    ),
    "close": EchoPoint("*", lambda echoed: close(4000, echoed.encode()[:120])),
    "close before login": EchoPoint("login", lambda echoed: close(1008, echoed.encode()[:120])),
    "request id": EchoPoint("*", lambda echoed: [respond(request_id=echoed), respond()]),
    "malformed": EchoPoint("*", lambda echoed: text("{" + echoed)),
    "not an object": EchoPoint("login", lambda echoed: [message([echoed]), drop()]),
    "unknown type": EchoPoint("*", lambda echoed: respond(type=echoed)),
    "redirect": EchoPoint(
        HANDSHAKE,
        lambda echoed: http_response(302, headers=[("Location", f"/{quote(echoed)}")], body=echoed),
    ),
    "HTTP error": EchoPoint(
        HANDSHAKE, lambda echoed: http_response(403, headers=[("X", quote(echoed))], body=echoed)
    ),
}


@given(
    token=tokens,
    point=st.sampled_from(sorted(ECHO_POINTS)),
    encode=st.sampled_from(sorted(ENCODINGS)),
    source=st.sampled_from(["variable", "file", "profile", "command"]),
    options=st.sets(
        st.sampled_from(["-v", "-vv", "--error-format=json", "--pretty", "--envelope"])
    ),
)
@settings(max_examples=250)
def test_no_token_is_printed(
    token: str, point: str, encode: str, source: str, options: set[str]
) -> None:
    """No eight characters of the token, plain or encoded, reach a stream or a file."""
    echo = ECHO_POINTS[point]
    with FaultServer(strict=False) as server, tempfile.TemporaryDirectory() as folder:
        server.on(echo.trigger, echo.make_steps(ENCODINGS[encode](token)))
        env, flags = provide_token(source, token, Path(folder))
        before = read_files(Path(folder))
        arguments = ["get-customers", "--backoff", "1ms", "--timeout", "2s", *flags, *options]
        out, err = run_captured(arguments, {**env, "RTM_URL": server.url, "HOME": folder})
        assert read_files(Path(folder)) == before
        if echo.trigger is not HANDSHAKE:
            assert server.logins[0].payload["token"] == f"Bearer {token}"
    for encoded in encoded_forms(token):
        assert not substrings(out + err) & substrings(encoded), (out, err)
    assert all(json.loads(line) for line in err.splitlines() if line.startswith("{"))
    assert not out or json.loads(out) is not None


def provide_token(source: str, token: str, folder: Path) -> tuple[dict[str, str], list[str]]:
    """Put a token into a source; return the environment and the flags for it."""
    if source == "variable":
        return {"RTM_CONFIG": os.devnull, "RTM_TOKEN": token}, []
    path = folder / "secret"
    text = (
        token if source != "profile" else tomli_w.dumps({"profiles": {"default": {"token": token}}})
    )
    path.write_text(text)
    path.chmod(0o600)
    if source == "profile":
        return {"RTM_CONFIG": str(path)}, []
    env = {"RTM_CONFIG": os.devnull, "RTM_TOKEN_COMMAND": f"cat {path}"}
    return env, ["--token-file", str(path)] if source == "file" else []


def read_files(folder: Path) -> dict[str, bytes]:
    """Return the contents of all files in a folder."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def run_captured(arguments: list[str], environ: Mapping[str, str]) -> tuple[str, str]:
    """Run a command line in this process; return standard output and standard error."""
    Redactor.__init__(stderr.redactor)  # as in a new process
    stdout = sys.stdout
    with (
        mock.patch.dict(os.environ, {"PATH": os.environ["PATH"], **environ}, clear=True),
        redirect_descriptor(1) as out,
        redirect_descriptor(2) as err,
    ):
        try:
            run(arguments)
        finally:
            sys.stdout = stdout
        return read_from_start(out), read_from_start(err)


@contextlib.contextmanager
def redirect_descriptor(number: int) -> Iterator[IO[bytes]]:
    """Redirect a descriptor to a file."""
    saved = os.dup(number)
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), number)
        try:
            yield file
        finally:
            os.dup2(saved, number)
            os.close(saved)


def read_from_start(file: IO[bytes]) -> str:
    """Read a file from its start."""
    file.seek(0)
    return file.read().decode()


def encoded_forms(token: str) -> Iterator[str]:
    """Yield the token in every encoding that the server of this test uses."""
    yield token
    yield json.dumps(token)[1:-1]
    yield json.dumps(json.dumps(token)[1:-1])[1:-1]
    yield repr(token)[1:-1]
    yield quote(token, safe="")
    yield quote_plus(token)
    for start in range(3):  # Base64 depends on the offset, except for the first and last groups
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(b"x" * start + token.encode()).decode()[4:-4]


def substrings(text: str) -> set[str]:
    """Return every substring of eight characters."""
    return {text[start : start + 8] for start in range(len(text) - 7)}
