"""The topics of `rtm help TOPIC`, beyond single commands."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, NamedTuple

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.versions import DEFAULT_VERSION
from rtmcli.cli.help.blocks import Block, CodeBlock, Table, format_block
from rtmcli.cli.help.formatting import HelpEntry
from rtmcli.cli.help.layout import PLAIN, Layout
from rtmcli.errors import UsageError
from rtmcli.protocol import suggestions
from rtmcli.protocol.escaping import truncate


class Topic(NamedTuple):
    """A topic; the module of its name in `topics/` has its text."""

    summary: str
    is_about_versions: bool = False  # its names are those of the version that it says
    has_sections: bool = False  # which are shown one by one


TOPICS = {
    "recipes": Topic(
        "Whole tasks, with the commands that do them.", is_about_versions=True, has_sections=True
    ),
    "api-versions": Topic("The versions of the API, and what changed.", is_about_versions=True),
    "exit-statuses": Topic("The meaning of each exit status."),
    "payload": Topic("How to write a payload."),
    "streams": Topic("Many calls from standard input."),
    "journal": Topic("Streams that survive a crash."),
    "listen": Topic("Pushes, reconnecting, gaps."),
    "events": Topic("The members of events, rich messages and filters.", is_about_versions=True),
    "pushes": Topic("The pushes of the API.", is_about_versions=True),
    "connection": Topic("The options for connecting."),
    "tokens": Topic("Where the access token comes from."),
    "environment": Topic("Environment variables."),
    "sandbox-choices": Topic("Sandbox behavior that the API documentation does not cover."),
}


def format_topic(api: Api, name: str, layout: Layout = PLAIN, section: str | None = None) -> str:
    """Format the text of a topic, or of a section of it, for a version of the API."""
    blocks = _own_blocks(api, name)
    if section is not None:
        sections = _sections(api, name)
        if section not in sections:
            hint = suggestions.did_you_mean(section, sections, f"; see rtm help {name}")
            raise UsageError(f"unexpected argument {truncate(section)}{hint}")
        blocks = _with_version_note(api, sections[section])
    return "\n\n".join(format_block(block, layout) for block in blocks) + "\n"


def topic_blocks(api: Api, name: str) -> Iterator[Block]:
    """Yield the blocks of a topic and of its sections, in the names of a version of the API."""
    yield from _own_blocks(api, name)
    for section in _sections(api, name).values():
        yield from section


def _load(name: str) -> Any:
    """Load the module of a topic, which has `blocks(api)`, and `sections(api)` if it has any."""
    return import_module(f"rtmcli.cli.help.topics.{name.replace('-', '_')}")


def _sections(api: Api, name: str) -> Mapping[str, Sequence[Block]]:
    return _load(name).sections(api) if TOPICS[name].has_sections else {}


def _own_blocks(api: Api, name: str) -> Iterator[Block]:
    return _with_version_note(api, [*_translated(api, TOPICS[name], _load(name).blocks(api))])


def _with_version_note(api: Api, blocks: Sequence[Block]) -> Iterator[Block]:
    yield from blocks
    lines = [line for block in blocks if isinstance(block, CodeBlock) for line in block.lines]
    if lines and api.version != DEFAULT_VERSION and not any("--api" in line for line in lines):
        yield f"The examples are for API {api.version}: set RTM_API={api.version} to run them."


def _translated(api: Api, topic: Topic, blocks: Iterable[Block]) -> Iterator[Block]:
    from rtmcli.cli.help.translation import translate  # not for the list of topics

    for block in blocks:
        if topic.is_about_versions:
            yield block
        elif isinstance(block, CodeBlock):
            yield CodeBlock(tuple(translate(api, line) for line in block.lines))
        elif isinstance(block, Table):
            entries = [
                HelpEntry(*(translate(api, text) for text in row)) for row in block.section.entries
            ]
            yield block._replace(section=block.section._replace(entries=entries))
        else:
            yield translate(api, block)
