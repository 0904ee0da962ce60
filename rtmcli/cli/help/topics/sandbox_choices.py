"""`rtm help sandbox-choices`."""

from collections.abc import Iterator

from rtmcli.catalogue.api import Api
from rtmcli.cli.help.blocks import Block, paragraph
from rtmcli.sandbox.undocumented import undocumented_behavior


def blocks(api: Api) -> Iterator[Block]:
    """Yield the blocks of the topic."""
    yield paragraph("""
        The sandbox behaves as the API documentation says. The documentation does not cover the
        behavior below, so the real server may differ; programs should not depend on it.
    """)
    yield from undocumented_behavior(api.version)
