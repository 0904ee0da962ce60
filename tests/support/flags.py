"""Write payloads as flags."""

from typing import Any

from rtmcli.catalogue.model import Method, ParamType
from rtmcli.protocol import json_codec
from rtmcli.protocol.paths import MISSING, get_path


def to_flags(method: Method, payload: Any) -> list[str]:
    """Write a payload as flags: one for each leaf, JSON if a parameter has no members."""
    arguments: list[str] = []
    for param in method.params:
        value = get_path(payload, param.path)
        has_members = any(other.path.startswith(f"{param.path}.") for other in method.params)
        if (
            value is MISSING
            or param.set_by_session
            or (param.type is ParamType.OBJECT and has_members and value)
        ):
            continue
        if param.type.is_boolean and isinstance(value, bool):
            arguments.append(param.flag if value else f"--no-{param.flag[2:]}")
        elif param.type.is_array:
            arguments += [word for item in value for word in (param.flag, flag_value(item))]
        else:
            arguments += [param.flag, flag_value(value)]
    return arguments


def flag_value(value: Any) -> str:
    """Write one value for a flag."""
    return value if isinstance(value, str) else json_codec.dumps(value).decode()
