"""Core dumps: disabled for this process, not for the user's own programs."""

import subprocess
import sys

CODE = """
import resource
from rtmcli import process

def limit():
    return resource.getrlimit(resource.RLIMIT_CORE)[0]

_, hard = resource.getrlimit(resource.RLIMIT_CORE)
original = 4096 if hard < 0 else min(hard, 4096)
resource.setrlimit(resource.RLIMIT_CORE, (original, hard))
with process.restored_core_limit():
    assert limit() == original
assert limit() == original
process.disable_core_dumps()
assert limit() == 0
with process.restored_core_limit():
    assert limit() == original
assert limit() == 0
"""


def test_the_original_limit_is_restored_for_child_processes() -> None:
    """The limit is zero after `disable_core_dumps`, except inside `restored_core_limit`."""
    result = subprocess.run([sys.executable, "-c", CODE], capture_output=True, check=False)
    assert (result.returncode, result.stderr) == (0, b"")
