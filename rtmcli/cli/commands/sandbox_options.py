"""The options and the help of `rtm sandbox`."""

from typing import TYPE_CHECKING

from rtmcli.catalogue.api import Api
from rtmcli.cli.options import Argument, Option
from rtmcli.protocol import suggestions
from rtmcli.sandbox import versions
from rtmcli.sandbox.domain.model import ROLES
from rtmcli.sandbox.server import fault_specs
from rtmcli.sandbox.server.options import parse_latency
from rtmcli.sandbox.variants import HELP, Variant
from rtmcli.settings import types
from rtmcli.settings.types import Completion, ValueType

if TYPE_CHECKING:
    from rtmcli.cli.help.formatting import HelpText

DEFAULT_PORT = 8730
_MAX_TRAFFIC = 10_000  # customer actions per second


def _parse_scopes(text: str) -> list[str]:
    known_scopes = versions.known_scopes()
    scopes = text.replace(",", " ").split()
    for scope in scopes:
        if scope not in known_scopes:
            hint = suggestions.did_you_mean(scope, known_scopes)
            raise ValueError(f"names an unknown scope {scope}{hint}")
    return scopes


CLI_PARAMS = (
    Argument(
        "run",
        types.any_text("[-- COMMAND…]")._replace(completion=Completion.COMMAND),
        "Run this command against the sandbox, and exit with its status.",
        multiple=True,
    ),
    Option(
        "port",
        ("--port",),
        "Port to listen on.",
        types.integer("PORT", 0, 65535),
        default=f"{DEFAULT_PORT}; with a COMMAND, any free one",
    ),
    Option(
        "seed",
        ("--seed",),
        "Seed for reproducible tokens, ids, times and traffic.",
        types.integer("NUMBER", 0, 2**63 - 1),
        default="random",
    ),
    Option(
        "role",
        ("--role",),
        "Role of the first agent.",
        types.choice(ROLES, "ROLE"),
        default=ROLES[0],
    ),
    Option(
        "scopes",
        ("--scopes",),
        "Scopes of the first agent's token.",
        ValueType(_parse_scopes, "LIST"),
        default="those of the role",
    ),
    Option(
        "traffic",
        ("--traffic",),
        "Simulated customer actions per second.",
        types.rate("RATE", _MAX_TRAFFIC),
        default="none",
    ),
    Option(
        "latency",
        ("--latency",),
        "Delay of responses: 50ms or 50ms±20.",
        ValueType(parse_latency, "TIME"),
        default="none",
    ),
    Option(
        "faults",
        ("--fault",),
        "Inject this fault (see SPEC).",
        ValueType(
            fault_specs.parse_fault,
            "SPEC",
            Completion.PARTS,
            fault_specs.METHOD_WORDS,
            fault_specs.FAULT_WORDS,
        ),
        multiple=True,
    ),
    Option(
        "rate_limit",
        ("--rate-limit",),
        "Requests per second of a connection; more fail with too_many_requests.",
        types.rate("RATE"),
        default="none",
    ),
    Option(
        "token_lifetime",
        ("--token-lifetime",),
        "How long a token of the first agent is valid; new ones come before it expires.",
        types.DURATION._replace(metavar="TIME"),
        default="unlimited",
    ),
    Option(
        "write_token",
        ("--write-token",),
        "Keep the first agent's newest token in a file, as JSON for RTM_TOKEN_COMMAND='cat FILE'.",
        types.PATH._replace(metavar="FILE"),
    ),
    Option(
        "variants",
        ("--variant",),
        "Choose this behavior (see VARIANT).",
        types.choice([each.value for each in Variant], "VARIANT"),
        multiple=True,
    ),
    Option(
        "log",
        ("--log",),
        "Append each frame to a file as a JSON line.",
        types.PATH._replace(metavar="FILE"),
    ),
    Option("tokens", ("--tokens",), "Print the agents' tokens for a --seed, without serving."),
)


def help_text(api: Api) -> "HelpText":
    """Return the help that does not follow from the options."""
    from rtmcli.cli.help.formatting import (  # only for --help
        HelpEntry,
        HelpSection,
        HelpText,
    )
    from rtmcli.cli.help.translation import translate

    faults = [
        HelpEntry(f"{kind.name}={kind.placeholder}" if kind.placeholder else kind.name, kind.help)
        for kind in fault_specs.FAULT_TYPES.values()
    ]
    return HelpText(
        (
            "rtm sandbox --fault 'ban_customer:error=too_many_requests'",
            f"-- rtm {api.methods[api.list_action].command}",
        ),
        "It prints its URL, a token and every agent's token, and serves until it is stopped. With a"
        " COMMAND, it runs the command with RTM_URL and RTM_TOKEN set, and exits with its status."
        " It listens on loopback only, and refuses web pages of other hosts. Without --seed, the"
        " tokens are random. On a terminal it shows how to use it, then each request and push."
        " For behavior that the API does not document, see rtm help sandbox-choices.",
        trailing_sections=[
            HelpSection(
                "A SPEC",
                [
                    HelpEntry(
                        fault_specs.SYNTAX, "METHODS are actions, or * for all but login and ping."
                    )
                ],
            ),
            HelpSection("A FAULT", faults),
            HelpSection(
                "An OPTION", [HelpEntry(*option) for option in fault_specs.OPTIONS.items()]
            ),
            HelpSection(
                "A VARIANT", [HelpEntry(variant.value, HELP[variant]) for variant in Variant]
            ),
            HelpSection(
                "Some SPECs",
                [HelpEntry(translate(api, example), "") for example in fault_specs.EXAMPLES],
            ),
        ],
    )
