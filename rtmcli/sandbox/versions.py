"""The versions of the API that the sandbox speaks; only this module knows which there are."""

from importlib import import_module

from rtmcli.sandbox.dialect import VersionDialect

# version -> the package of its dialect, in the order of their release
VERSIONS = {
    "3.0": "rtmcli.sandbox.v3_0",
    "3.6": "rtmcli.sandbox.v3_6",
}


def load(version: str) -> VersionDialect:
    """Import a dialect; raise KeyError if there is no such version."""
    dialect: VersionDialect = import_module(VERSIONS[version]).DIALECT
    return dialect


def load_all() -> tuple[VersionDialect, ...]:
    """Import all dialects."""
    return tuple(map(load, VERSIONS))


def known_scopes() -> frozenset[str]:
    """Return all scopes that a token may have."""
    return frozenset().union(
        *(
            dialect.scope_rules.with_implied(scopes)
            for dialect in load_all()
            for scopes in dialect.scope_rules.by_role.values()
        )
    )
