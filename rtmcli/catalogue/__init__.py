"""What the API offers, as frozen rows: facts, and the words for them."""

from rtmcli.catalogue.v3_0 import API

__all__ = ["API"]
