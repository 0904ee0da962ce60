"""`rtm help payload`."""

from collections.abc import Iterator

from rtmcli.catalogue.api import Api
from rtmcli.cli.help.blocks import Block, code_block, paragraph, table


def blocks(_: Api) -> Iterator[Block]:
    """Yield the blocks of the topic."""
    yield paragraph("""
        A payload is built from JSON, then --set, then flags; a later source overrides an earlier
        one, and the rest is kept.
    """)
    yield code_block(
        'rtm ban-customer \'{"customer_id": "b7ef", "ban": {"days": 5}}\'',
        "rtm ban-customer @customer.json --ban-days 5",
        "rtm ban-customer - < customer.json",
        "rtm ban-customer --customer-id b7ef --set ban.days=5",
    )
    yield table(
        "Sources",
        18,
        ("'{...}'", "JSON text as the argument."),
        ("@FILE", "JSON from a file."),
        (
            "-",
            (
                "JSON from standard input, which is read only if - is given: a call in a loop, in"
                " cron or in CI never consumes or waits for it."
            ),
        ),
        (
            "--some-path VALUE",
            (
                "The flag of a parameter is its path with hyphens: ban.days is --ban-days. Repeat"
                " the flag for arrays; booleans are --force and --no-force; objects take JSON or"
                " @FILE. A text is sent as it is, also if it begins with @; --text-file PATH reads"
                " the text of a message from a file, or from standard input for -."
            ),
        ),
        (
            "--set PATH=VALUE",
            (
                "Set any path, documented or not. VALUE is parsed as JSON if it is valid JSON, and"
                " is text otherwise; --set-string always takes text. Escape a dot within a name"
                " as \\."
            ),
        ),
    )
    yield paragraph("""
        Before anything is sent, the payload is validated against the method: required parameters,
        types, choices, ranges and rules across parameters. All errors are reported together, with
        exit status 2. Unknown parameters are allowed. --no-validate skips the validation.
    """)
    yield paragraph("""
        --skeleton prints a sample payload, and --dry-run prints the request without sending it;
        neither needs a token. rtm methods METHOD shows the details of a method.
    """)
