"""How faults are written: `METHODS:FAULT[=VALUE][,OPTION=VALUE…]`.

METHODS are actions with commas between them, or `*` for every one but login and ping.
"""

import difflib
import re
from collections.abc import Callable, Iterable
from typing import Any

from rtmcli.catalogue import API
from rtmcli.protocol import durations
from rtmcli.row import Row
from rtmcli.sandbox.faults import EVERY, Fault, Stage

SYNTAX = "METHODS:FAULT[=VALUE][,OPTION=VALUE…]"
MALFORMATIONS = ("json", "list", "empty", "utf8", "binary")
_ERRORS = [name for row in API.errors for name in (row.type, row.synonym) if name]
_REASONS = [name for row in API.reasons for name in (row.reason, row.synonym) if name]
_NTH = re.compile(r"([0-9]{1,9})(-([0-9]{1,9})?)?")
_FRACTION = re.compile(r"[01]|[01]?\.[0-9]+")
_CLOSE_CODES = {*range(1000, 1004), *range(1007, 1015), *range(3000, 5000)}  # RFC 6455, 7.4
_WHEN = (Stage.BEFORE, Stage.AFTER, Stage.ANSWERED)


class Kind(Row):
    """One kind of fault: what it does and how it is written."""

    name: str
    help: str
    placeholder: str = ""  # of its value; empty: it takes none
    read: Callable[[str], Any] = str
    stages: tuple[Stage, ...] = ()  # when it may strike, first by default; empty: no choice
    has_region: bool = False


def _one_of(what: str, known: Iterable[str]) -> Callable[[str], str]:
    names = tuple(known)

    def read(text: str) -> str:
        if text not in names:
            raise ValueError(f"{text!r} is no {what}; there are {', '.join(names)}")
        return text

    return read


def _close_code(text: str) -> int:
    code = int(text) if text.isdecimal() and len(text) == 4 else 0  # noqa: PLR2004  # 1000 to 4999
    if code not in _CLOSE_CODES:
        raise ValueError(f"{text!r} is no close code; there are 1000 to 1014 and 3000 to 4999")
    return code


def _range(text: str) -> tuple[int, float]:
    found = _NTH.fullmatch(text)
    if found:
        first = int(found[1])
        last = int(found[3]) if found[3] else float("inf") if found[2] else first
        if 1 <= first <= last:
            return first, last
    raise ValueError(f"{text!r} is no count: write nth=3, nth=2-5 or nth=2-")


def _probability(text: str) -> float:
    if not _FRACTION.fullmatch(text) or float(text) > 1:
        raise ValueError(f"{text!r} is no probability: write a number from 0 to 1")
    return float(text)


def _method(text: str) -> str:
    action = text.replace("-", "_")  # as a command is spelled
    known = (*API.methods, API.ping)
    if text == EVERY or action in known:
        return action
    near = difflib.get_close_matches(action, known)
    hint = f"did you mean {' or '.join(near)}?" if near else "write an action, ping or *"
    raise ValueError(f"{text!r} is no method; {hint}")


_stage = _one_of("stage", [stage.value for stage in Stage])

KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "error",
            "refuse with this error type",
            "TYPE",
            _one_of("error type", _ERRORS),
            (Stage.BEFORE, Stage.AFTER),
            has_region=True,
        ),
        Kind(
            "malformed",
            "send something broken in place of the answer",
            "HOW",
            _one_of("way to break an answer", MALFORMATIONS),
        ),
        Kind("no-id", "leave the request_id out of the answer and of the pushes"),
        Kind("duplicate", "answer twice"),
        Kind("foreign", "send an answer to nobody's request before the right one"),
        Kind("push-first", "send the pushes before the answer"),
        Kind("delay", "answer so much later", "DURATION", durations.parse),
        Kind("silent", "never answer", stages=(Stage.AFTER, Stage.BEFORE)),
        Kind("drop", "reset the connection", "STAGE", _stage, _WHEN),
        Kind("close", "close the connection with this code", "CODE", _close_code, _WHEN),
        Kind(
            "disconnect",
            f"push {API.disconnected} with this reason, and close",
            "REASON",
            _one_of("reason", _REASONS),
            _WHEN,
            has_region=True,
        ),
    )
}


OPTIONS = {
    "nth=N": "only the N-th such request; nth=2-4 and nth=2- are ranges",
    "p=P": "only with this probability",
    "at=STAGE": "before acting, after it but in place of the answer, or answered",
    "in=DURATION": "so long after that stage",
    "region=REGION": "the region to name",
}
EXAMPLES = (
    "ban_customer:error=too_many_requests,nth=1-2",
    "send_event:error=internal,at=after",
    "*:drop=after,p=0.01",
    "get_archives:delay=2s",
    "send_event,start_chat:silent",
    "login:error=misdirected_request,region=fra",
    "login:disconnect=access_token_expired,at=answered,in=5s",
    "*:close=1011,nth=10",
)


def parse(spec: str) -> Fault:
    """Read a fault; raise ValueError with one line that says what is wrong."""
    try:
        return _parse(spec)
    except ValueError as error:
        raise ValueError(f"--fault {spec}: {error}") from None


def _parse(spec: str) -> Fault:
    methods, colon, rest = spec.partition(":")
    first, *options = rest.split(",")
    name, equals, value = first.partition("=")
    if not colon or not rest:
        raise ValueError("must read METHOD:FAULT, like send_event:silent")
    kind = KINDS[_one_of("fault", KINDS)(name)]
    fault = Fault(frozenset(map(_method, methods.split(","))), name)
    if kind.placeholder and not value:
        raise ValueError(f"{name} needs a value: {name}={kind.placeholder}")
    if equals and not kind.placeholder:
        raise ValueError(f"{name} takes no value")
    if kind.stages:
        fault = fault._replace(stage=kind.stages[0])
    if kind.read is _stage:
        fault = fault._replace(stage=Stage(kind.read(value)))
    elif kind.placeholder:
        fault = fault._replace(value=kind.read(value))
    for option in options:
        fault = _with_option(fault, kind, option)
    return fault


def _with_option(fault: Fault, kind: Kind, option: str) -> Fault:
    name, _, value = option.partition("=")
    match name:
        case "nth":
            first, last = _range(value)
            return fault._replace(first=first, last=last)
        case "p":
            return fault._replace(probability=_probability(value))
        case "at" if kind.stages:
            stages = [stage.value for stage in kind.stages]
            return fault._replace(stage=Stage(_one_of("stage", stages)(value)))
        case "in" if kind.stages is _WHEN:
            return fault._replace(wait=durations.parse(value))
        case "region" if kind.has_region:
            return fault._replace(region=_one_of("region", API.regions)(value))
        case _:
            known = ["nth=N", "p=P"]
            known += ["at=STAGE"] if kind.stages else []
            known += ["in=DURATION"] if kind.stages is _WHEN else []
            known += ["region=REGION"] if kind.has_region else []
            raise ValueError(f"{kind.name} has no option {option!r}; it has {', '.join(known)}")
