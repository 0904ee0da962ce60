"""The API described as data: methods, parameters, pushes, errors; no behavior, no I/O."""

from rtmcli.catalogue.v3_0 import API  # until every reader takes the version as an argument

__all__ = ["API"]
