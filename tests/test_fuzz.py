"""The laws of the fuzz targets hold for their seeds and for random bytes.

`fuzz/run.py` runs a fuzzer.
"""

from types import ModuleType

import pytest
from fuzz import csv_input, output, payloads, server_messages, settings, websocket_frames
from hypothesis import given
from hypothesis import settings as options
from hypothesis import strategies as st

every_target = pytest.mark.parametrize(
    "target",
    [websocket_frames, payloads, csv_input, output, server_messages, settings],
    ids=lambda target: target.__name__,
)


@every_target
def test_the_laws_hold_for_the_seeds(target: ModuleType) -> None:
    """The initial corpus of the fuzzer violates no law."""
    for seed in target.SEEDS:
        target.check(seed)


@every_target
@options(max_examples=200)
@given(data=st.binary(max_size=100))
def test_the_laws_hold_for_any_bytes(target: ModuleType, data: bytes) -> None:
    """Random bytes violate no law."""
    target.check(data)
