"""The laws of the fuzz targets hold of their seeds and of a few bytes of any kind.

`fuzz/run.py` lets a fuzzer look for more.
"""

from types import ModuleType

import pytest
from fuzz import output, payloads, server_messages, settings, websocket_frames
from hypothesis import given
from hypothesis import settings as options
from hypothesis import strategies as st

every_target = pytest.mark.parametrize(
    "target",
    [websocket_frames, payloads, output, server_messages, settings],
    ids=lambda target: target.__name__,
)


@every_target
def test_the_laws_hold_of_the_seeds(target: ModuleType) -> None:
    """What a fuzzer begins with is in order."""
    for seed in target.SEEDS:
        target.check(seed)


@every_target
@options(max_examples=200)
@given(data=st.binary(max_size=100))
def test_the_laws_hold_of_any_bytes(target: ModuleType, data: bytes) -> None:
    """Nothing breaks them at once."""
    target.check(data)
