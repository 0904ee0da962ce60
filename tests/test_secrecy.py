"""No token shows up anywhere, whatever its bytes, whatever a hostile server does with it.

The server hears the token at the login, and from then on says it back in every place that a client
shows: messages, types, pushes, results, close reasons, HTTP replies; raw or encoded.
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
from faults import (
    HANDSHAKE,
    FaultServer,
    Moment,
    Step,
    answer,
    close,
    message,
    push,
    refuse,
    status,
    text,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from rtmcli.cli import report
from rtmcli.cli.app import run
from rtmcli.protocol.masking import Mask

tokens = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=60)

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


class Echo(NamedTuple):
    """A place where a server can say something: to which key, and how."""

    key: str | Moment
    say: Callable[[str], Step | list[Step]]


ECHOES = {
    "login error": Echo("login", lambda said: refuse("authentication", f"bad token {said}!")),
    "login error type": Echo("login", lambda said: refuse(said, "no")),
    "region": Echo("login", lambda said: refuse("misdirected_request", data={"region": said})),
    "agent": Echo("login", lambda said: answer({"my_profile": {"id": said}})),
    "error": Echo("*", lambda said: refuse("validation", f"{said} is wrong", {"x": said})),
    "authorization": Echo("*", lambda said: refuse("authorization", said)),
    "doubt": Echo("*", lambda said: refuse("internal", said)),
    "result": Echo("*", lambda said: answer({"said": said, said: [said]})),
    "push": Echo("*", lambda said: [push(said, {"said": said}), answer()]),
    "reason": Echo(
        "login", lambda said: [push("agent_disconnected", {"reason": said}), close(1000, said[:99])]
    ),
    "close": Echo("*", lambda said: close(4000, said.encode()[:120])),
    "close before": Echo("login", lambda said: close(1008, said.encode()[:120])),
    "request id": Echo("*", lambda said: [answer(request_id=said), answer()]),
    "malformed": Echo("*", lambda said: text("{" + said)),
    "no object": Echo("login", lambda said: message([said])),
    "odd type": Echo("*", lambda said: answer(type=said)),
    "redirect": Echo(
        HANDSHAKE, lambda said: status(302, headers=[("Location", f"/{quote(said)}")], body=said)
    ),
    "refusal": Echo(HANDSHAKE, lambda said: status(403, headers=[("X", quote(said))], body=said)),
}  # fmt: skip


@given(
    token=tokens,
    place=st.sampled_from(sorted(ECHOES)),
    encode=st.sampled_from(sorted(ENCODINGS)),
    source=st.sampled_from(["variable", "file", "profile", "command"]),
    options=st.sets(
        st.sampled_from(["-v", "-vv", "--error-format=json", "--pretty", "--envelope"])
    ),
)
@settings(max_examples=250)
def test_no_token_is_shown(
    token: str, place: str, encode: str, source: str, options: set[str]
) -> None:
    """Neither the token nor eight characters of it, raw or encoded, reach a stream or a file."""
    echo = ECHOES[place]
    with FaultServer(strict=False) as server, tempfile.TemporaryDirectory() as folder:
        server.on(echo.key, echo.say(ENCODINGS[encode](token)))
        env, flags = given_by(source, token, Path(folder))
        before = contents(Path(folder))
        arguments = ["get-customers", "--backoff", "1ms", "--timeout", "2s", *flags, *options]
        out, err = shown_by(arguments, {**env, "RTM_URL": server.url, "HOME": folder})
        assert contents(Path(folder)) == before
        if echo.key is not HANDSHAKE:
            assert server.logins[0].payload["token"] == f"Bearer {token}"
    for spelling in spellings(token):
        assert not pieces(out + err) & pieces(spelling), (out, err)
    assert all(json.loads(line) for line in err.splitlines() if line.startswith("{"))
    assert not out or json.loads(out) is not None


def given_by(source: str, token: str, folder: Path) -> tuple[dict[str, str], list[str]]:
    """Put a token into a source; return the environment and the flags that name it."""
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


def contents(folder: Path) -> dict[str, bytes]:
    """Read all files of a folder."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def shown_by(arguments: list[str], environ: Mapping[str, str]) -> tuple[str, str]:
    """Run a command line in this process; return what it wrote to both streams."""
    Mask.__init__(report.HIDDEN)  # as in a new process
    stdout = sys.stdout
    with (
        mock.patch.dict(os.environ, {"PATH": os.environ["PATH"], **environ}, clear=True),
        captured(1) as out,
        captured(2) as err,
    ):
        try:
            run(arguments)
        finally:
            sys.stdout = stdout
        return read(out), read(err)


@contextlib.contextmanager
def captured(number: int) -> Iterator[IO[bytes]]:
    """Lead a descriptor into a file."""
    kept = os.dup(number)
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), number)
        try:
            yield file
        finally:
            os.dup2(kept, number)
            os.close(kept)


def read(file: IO[bytes]) -> str:
    """Read a file from its start."""
    file.seek(0)
    return file.read().decode()


def spellings(token: str) -> Iterator[str]:
    """Spell a token in every way a server of this test does."""
    yield token
    yield json.dumps(token)[1:-1]
    yield json.dumps(json.dumps(token)[1:-1])[1:-1]
    yield repr(token)[1:-1]
    yield quote(token, safe="")
    yield quote_plus(token)
    for start in range(3):  # wherever it begins, what lies away from the ends is the same
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(b"x" * start + token.encode()).decode()[4:-4]


def pieces(text: str) -> set[str]:
    """Return every piece of eight characters."""
    return {text[start : start + 8] for start in range(len(text) - 7)}
