"""`rtm help pushes`, made from the catalogue."""

from collections.abc import Iterator

from rtmcli.catalogue.api import Api
from rtmcli.cli.help.blocks import Block, paragraph, table

_TEXT_COLUMN = 34


def blocks(api: Api) -> Iterator[Block]:
    """List the pushes and the members of their payloads."""
    yield paragraph(f"""
        The pushes of API {api.version}: what each announces, and the members of its payload. A
        question mark means that the member may be absent. rtm listen prints them; --action selects
        some by name.
    """)
    yield table(
        "Pushes",
        _TEXT_COLUMN,
        *(
            (push.name, f"{push.summary} {', '.join(push.payload_fields)}".strip())
            for push in api.pushes
        ),
    )
