"""The versions of the API; only this module knows which there are.

To add a version, add its package and a line in `VERSIONS`.
"""

from importlib import import_module

from rtmcli.catalogue.api import Api

# version -> the package that defines it, in the order of their release
VERSIONS = {
    "3.0": "rtmcli.catalogue.v3_0",
    "3.6": "rtmcli.catalogue.v3_6",
}


DEFAULT_VERSION = "3.0"


def load(version: str) -> Api:
    """Import a version of the API; raise KeyError if there is no such version."""
    api: Api = import_module(VERSIONS[version]).API
    return api
