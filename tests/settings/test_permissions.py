"""Who may write a configuration: modes, groups and owners."""

import grp
import os
import pwd
import stat

import pytest

from rtmcli.files import FileContent
from rtmcli.settings.permissions import is_trusted_owner, is_writable_by_strangers

OWNER = pwd.getpwuid(os.getuid())
NO_SUCH_GROUP = max(group.gr_gid for group in grp.getgrall()) % 2**30 + 1_000_003


@pytest.mark.parametrize(
    ("mode", "expected"),
    [(0o600, False), (0o644, False), (0o640, False), (0o660, True), (0o602, True), (0o666, True)],
)
def test_a_file_is_writable_by_its_group_or_by_all(mode: int, *, expected: bool) -> None:
    """T120: an unknown group is not the private group of the owner; reading does not matter."""
    file = FileContent(b"", stat.S_IFREG | mode, OWNER.pw_uid, NO_SUCH_GROUP)
    assert is_writable_by_strangers(file) is expected


def test_a_device_is_not_checked() -> None:
    """T120: /dev/null is writable by all and configures nothing."""
    assert not is_writable_by_strangers(FileContent(b"", stat.S_IFCHR | 0o666, 0, 0))


def test_only_a_sudo_user_is_trusted_beside_us_and_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """T120: `SUDO_UID` counts for root alone."""
    stranger = os.getuid() + 54_321
    monkeypatch.delenv("SUDO_UID", raising=False)
    assert [is_trusted_owner(uid) for uid in (os.geteuid(), 0, stranger)] == [True, True, False]
    monkeypatch.setenv("SUDO_UID", str(stranger))
    assert is_trusted_owner(stranger) is (os.geteuid() == 0)
