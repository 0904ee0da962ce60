"""What the API offers, as frozen rows: no behaviour, no input or output."""

from rtmcli.catalogue.v3_0 import API

__all__ = ["API"]
