"""`rtm help tokens`."""

from collections.abc import Iterator

from rtmcli.catalogue.api import Api
from rtmcli.cli.help.blocks import Block, code_block, paragraph, table
from rtmcli.settings.definitions import TOKEN_ENVVAR


def blocks(_: Api) -> Iterator[Block]:
    """Yield the blocks of the topic."""
    yield paragraph("""
        Every connection logs in with an access token, from the first of these sources that is set
        (with --profile, the profile comes before the variables):
    """)
    yield table(
        "Sources",
        18,
        ("--token-file PATH", "A file that contains only the token."),
        (TOKEN_ENVVAR, "The variable; also RTM_TOKEN_FILE and RTM_TOKEN_COMMAND."),
        ("the profile", "token_command, token_file or token in the configuration file."),
    )
    yield code_block(
        "export RTM_TOKEN=$(pass show livechat/token)",
        "rtm doctor",
    )
    yield paragraph("""
        No flag takes a token, because every user of the machine can read the arguments of a
        process. A token without a scheme is sent as Bearer; one with a scheme is sent as it is. The
        token is never printed: not in results, errors, messages of -v or dry runs.
    """)
    yield paragraph("""
        A personal access token belongs to an account: with account_id in the profile or
        RTM_ACCOUNT_ID, which is no secret, it is sent as Basic, the Base64 of both; the Base64 that
        the vendor's console shows is recognized without it. The vendor documents these tokens for
        its Web API, and its SDKs send them at this login, too.
    """)
    yield paragraph("""
        A token_command prints the token, or one line of JSON as the vendor's token endpoint returns
        it: {"access_token", "expires_in"}. With expires_in, rtm listen of API 3.6 replaces the
        token of its session when a tenth of that time is left.
    """)
    yield paragraph("""
        The region to connect to is --region, RTM_REGION or region of the profile; otherwise the
        one that the token begins with (dal: or fra:), or dal.
    """)
    yield paragraph("""
        rtm sandbox needs no account: it creates its own tokens and passes one to the command that
        it runs.
    """)
