"""`rtm help api-versions`, made from the catalogue."""

from collections.abc import Iterator, Mapping

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.model import Renamed
from rtmcli.catalogue.versions import DEFAULT_VERSION, VERSIONS
from rtmcli.cli.help.blocks import Block, code_block, paragraph, table

_TEXT_COLUMN = 34


def blocks(api: Api) -> Iterator[Block]:
    """Explain how a version is chosen, and what the other versions call its methods."""
    versions = " and ".join(VERSIONS)
    yield paragraph(f"""
        The versions are API {versions}; the default is {DEFAULT_VERSION}. The version decides which
        commands, flags and pushes there are, and what the server is asked for. It is --api, before
        or after the command, else RTM_API, else api of the profile, else the version in the path
        of the URL, else {DEFAULT_VERSION}. This text is about API {api.version}.
    """)
    yield code_block(
        "rtm methods --api 3.6",
        "rtm config set api 3.6",
        "rtm help api-versions --api 3.6",
    )
    yield paragraph("""
        A flag that the version does not know is refused; variables and settings of profiles are
        ignored, so that both versions work in one environment. A name of another version is
        answered with what to use. If the server no longer serves the version, a call ends with
        exit status 5 at once; rtm doctor shows whether the server announces the end of a version.
    """)
    for renames in api.load_renames():
        yield paragraph(f"What API {renames.version} calls differently:")
        yield _renames_table("Methods", api, renames.actions)
        yield _renames_table("Pushes", api, renames.pushes)
    yield paragraph("""
        Many parameters have other names, too: an error about a wrong one names the right one.
    """)


def _renames_table(title: str, api: Api, names: Mapping[str, Renamed]) -> Block:
    rows = [(name, _describe(renamed)) for name, renamed in names.items()]
    return table(f"{title}, and those of API {api.version}", _TEXT_COLUMN, *rows)


def _describe(renamed: Renamed) -> str:
    names = " or ".join(renamed.names) or "-"
    return f"{names} ({renamed.note})" if renamed.note else names
