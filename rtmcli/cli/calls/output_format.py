"""`--output`: which format a command prints; JSON is what all of them have."""

from collections.abc import Mapping
from typing import Any

from rtmcli.catalogue.model import Method
from rtmcli.cli.method_options import output_option_of
from rtmcli.errors import UsageError
from rtmcli.settings.resolve import FLAG, Resolved

JSON = "json"
# Options that print something else than one result, or say how JSON looks.
_JSON_OPTIONS = {
    "envelope": "--envelope",
    "wait": "--wait",
    "wait_for": "--wait-for",
    "wait_timeout": "--wait-timeout",
    "pretty": "--pretty",
    "compact": "--compact",
}


def select_format(
    method: Method, options: Mapping[str, Any], output: Resolved, *, is_stream: bool
) -> str:
    """Return the format that flag, variable or profile choose, else JSON.

    A variable or profile that names a format which this command line cannot print is ignored: it is
    meant for other commands. A flag is an error.
    """
    output_format: str = output.value or JSON
    if output_format == JSON or output_format not in output_option_of(method).type.choices:
        return JSON  # `parse_values` has checked the flag
    others = [flag for name, flag in _JSON_OPTIONS.items() if options.get(name)]
    if is_stream:
        others.append("-")
    if not others:
        return output_format
    if output.origin == FLAG:
        raise UsageError(
            f"--output {output_format} cannot be used with {others[0]}; use --output {JSON}"
        )
    return JSON
