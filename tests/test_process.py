"""Core files: none of ours, and the user's own programs' as usual."""

import subprocess
import sys

CODE = """
import resource
from rtmcli import cores

def limit():
    return resource.getrlimit(resource.RLIMIT_CORE)[0]

_, hard = resource.getrlimit(resource.RLIMIT_CORE)
given = 4096 if hard < 0 else min(hard, 4096)
resource.setrlimit(resource.RLIMIT_CORE, (given, hard))
with cores.AsFound():
    assert limit() == given
assert limit() == given
cores.forbid()
assert limit() == 0
with cores.AsFound():
    assert limit() == given
assert limit() == 0
"""


def test_the_limit_that_was_found_comes_back_for_a_while() -> None:
    """Zero from `forbid` on, but for what is started as found; without `forbid` as it was."""
    result = subprocess.run([sys.executable, "-c", CODE], capture_output=True, check=False)
    assert (result.returncode, result.stderr) == (0, b"")
