"""The parser of fault specs: `METHODS:FAULT[=VALUE][,OPTION=VALUE…]`.

METHODS are actions separated by commas, or `*` for all except login and ping.
"""

import difflib
import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from rtmcli.catalogue.service import REGIONS
from rtmcli.catalogue.versions import VERSIONS, load
from rtmcli.protocol import durations
from rtmcli.sandbox.server.faults import ALL_ACTIONS, Fault, Stage

SYNTAX = "METHODS:FAULT[=VALUE][,OPTION=VALUE…]"
MALFORMED_FORMS = ("json", "list", "empty", "utf8", "binary")
_APIS = tuple(map(load, VERSIONS))  # a fault may concern a request of any version
_KNOWN_ACTIONS = list(
    dict.fromkeys(action for api in _APIS for action in (*api.methods, api.ping_action))
)
_ERROR_TYPES = list(dict.fromkeys(name for api in _APIS for name in api.error_types_by_name))
_DISCONNECT_REASONS = list(
    dict.fromkeys(name for api in _APIS for name in api.disconnect_reasons_by_name)
)
_DISCONNECT_PUSHES = sorted({api.disconnect_push for api in _APIS})
_REGIONS = list(REGIONS)
_NTH_PATTERN = re.compile(r"([0-9]{1,9})(-([0-9]{1,9})?)?")
_PROBABILITY_PATTERN = re.compile(r"[01]|[01]?\.[0-9]+")
_CLOSE_CODES = {*range(1000, 1004), *range(1007, 1015), *range(3000, 5000)}  # RFC 6455, 7.4
_ALL_STAGES = (Stage.BEFORE, Stage.AFTER, Stage.ANSWERED)


class FaultType(NamedTuple):
    """A type of fault and its syntax."""

    name: str
    help: str
    placeholder: str = ""  # empty if it takes no value
    parse: Callable[[str], Any] = str
    stages: tuple[Stage, ...] = ()  # for `at=`, the first is the default; empty if not allowed
    accepts_region: bool = False


def _one_of(noun: str, choices: Iterable[str]) -> Callable[[str], str]:
    names = tuple(choices)

    def parse_choice(text: str) -> str:
        if text not in names:
            raise ValueError(f"unknown {noun} {text!r}; choose from {', '.join(names)}")
        return text

    return parse_choice


def _parse_close_code(text: str) -> int:
    code = int(text) if text.isdecimal() and len(text) == 4 else 0  # noqa: PLR2004  # 1000 to 4999
    if code not in _CLOSE_CODES:
        raise ValueError(
            f"{text!r} is not a close code that can be sent; use 1000 to 1014 (not 1004 to 1006)"
            " or 3000 to 4999"
        )
    return code


def _parse_nth(text: str) -> tuple[int, float]:
    match = _NTH_PATTERN.fullmatch(text)
    if match:
        first = int(match[1])
        last = int(match[3]) if match[3] else float("inf") if match[2] else first
        if 1 <= first <= last:
            return first, last
    raise ValueError(f"{text!r} is not a count or range: write nth=3, nth=2-5 or nth=2-")


def _parse_probability(text: str) -> float:
    if not _PROBABILITY_PATTERN.fullmatch(text) or float(text) > 1:
        raise ValueError(f"{text!r} is not a probability: write a number from 0 to 1")
    return float(text)


def _parse_action(text: str) -> str:
    action = text.replace("-", "_")  # accept a command's name
    if text == ALL_ACTIONS or action in _KNOWN_ACTIONS:
        return action
    matches = difflib.get_close_matches(action, _KNOWN_ACTIONS, n=1)
    hint = f"did you mean {matches[0]}?" if matches else "write an action, ping or *"
    raise ValueError(f"unknown method {text!r}; {hint}")


_parse_stage = _one_of("stage", [stage.value for stage in Stage])

FAULT_TYPES = {
    fault_type.name: fault_type
    for fault_type in (
        FaultType(
            "error",
            "respond with this error type",
            "TYPE",
            _one_of("error type", _ERROR_TYPES),
            (Stage.BEFORE, Stage.AFTER),
            accepts_region=True,
        ),
        FaultType(
            "malformed",
            "send a malformed message in place of the response",
            "FORM",
            _one_of("malformed form", MALFORMED_FORMS),
        ),
        FaultType("no-id", "omit the request_id from the response and the pushes"),
        FaultType("duplicate", "send the response twice"),
        FaultType("foreign", "send a response with an unknown request_id before the correct one"),
        FaultType("push-first", "send the pushes before the response"),
        FaultType("delay", "delay the response and the pushes", "DURATION", durations.parse),
        FaultType("silent", "never respond", stages=(Stage.AFTER, Stage.BEFORE)),
        FaultType("drop", "reset the connection", "STAGE", _parse_stage, _ALL_STAGES),
        FaultType(
            "close",
            "close the connection with this close code",
            "CODE",
            _parse_close_code,
            _ALL_STAGES,
        ),
        FaultType(
            "disconnect",
            f"push {' or '.join(_DISCONNECT_PUSHES)} with this reason, then close the connection",
            "REASON",
            _one_of("disconnect reason", _DISCONNECT_REASONS),
            _ALL_STAGES,
            accepts_region=True,
        ),
    )
}
OPTIONS = {
    "nth=N": "apply to the N-th matching request only; nth=2-4 and nth=2- are ranges",
    "p=P": "apply with this probability",
    "at=STAGE": (
        "before: instead of executing; after: execute, but apply in place of the response;"
        " answered: after the response"
    ),
    "in=DURATION": "wait this long after that stage",
    "region=REGION": "include this region",
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

_VALUES = {
    "error": _ERROR_TYPES,
    "malformed": MALFORMED_FORMS,
    "drop": [stage.value for stage in Stage],
    "disconnect": _DISCONNECT_REASONS,
}
# The words that a shell offers before and after the colon.
METHOD_WORDS = tuple(f"{action}:" for action in (ALL_ACTIONS, *_KNOWN_ACTIONS))
FAULT_WORDS = tuple(
    f"{kind.name}={value}" if kind.placeholder else kind.name
    for kind in FAULT_TYPES.values()
    for value in _VALUES.get(kind.name, [""])
)


def parse_fault(spec: str) -> Fault:
    """Parse a fault spec; raise ValueError with a message of one line."""
    try:
        return _parse_fault(spec)
    except ValueError as error:
        raise ValueError(f"{spec}: {error}") from None


def _parse_fault(spec: str) -> Fault:
    actions, colon, definition = spec.partition(":")
    name_and_value, *options = definition.split(",")
    name, equals, value = name_and_value.partition("=")
    if not colon or not definition:
        raise ValueError("must be METHOD:FAULT, for example send_event:silent")
    fault_type = FAULT_TYPES[_one_of("fault", FAULT_TYPES)(name)]
    fault = Fault(frozenset(map(_parse_action, actions.split(","))), name)
    if fault_type.placeholder and not value:
        raise ValueError(f"{name} needs a value: {name}={fault_type.placeholder}")
    if equals and not fault_type.placeholder:
        raise ValueError(f"{name} takes no value")
    if fault_type.stages:
        fault = fault._replace(stage=fault_type.stages[0])
    if fault_type.parse is _parse_stage:
        fault = fault._replace(stage=Stage(fault_type.parse(value)))
    elif fault_type.placeholder:
        fault = fault._replace(value=fault_type.parse(value))
    for option in options:
        fault = _apply_option(fault, fault_type, option)
    return fault


def _apply_option(fault: Fault, fault_type: FaultType, option: str) -> Fault:
    name, _, value = option.partition("=")
    match name:
        case "nth":
            first, last = _parse_nth(value)
            return fault._replace(first_request=first, last_request=last)
        case "p":
            return fault._replace(probability=_parse_probability(value))
        case "at" if fault_type.stages:
            stages = [stage.value for stage in fault_type.stages]
            return fault._replace(stage=Stage(_one_of("stage", stages)(value)))
        case "in" if fault_type.stages is _ALL_STAGES:
            return fault._replace(close_delay=durations.parse(value))
        case "region" if fault_type.accepts_region:
            return fault._replace(region=_one_of("region", _REGIONS)(value))
        case _:
            known = ["nth=N", "p=P"]
            known += ["at=STAGE"] if fault_type.stages else []
            known += ["in=DURATION"] if fault_type.stages is _ALL_STAGES else []
            known += ["region=REGION"] if fault_type.accepts_region else []
            raise ValueError(
                f"unknown option {option!r} of {fault_type.name}; choose from {', '.join(known)}"
            )
