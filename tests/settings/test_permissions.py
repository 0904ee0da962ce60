"""Who may write a configuration and read a token: modes, groups, owners and mounts."""

import grp
import os
import pwd
import stat
from pathlib import Path

import pytest

from rtmcli.files import FileContent
from rtmcli.settings.permissions import (
    Exposure,
    exposure,
    exposure_of,
    is_trusted_owner,
    is_writable_by_strangers,
)

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


@pytest.mark.skipif(len(grp.getgrall()) < 2, reason="needs a second group")
def test_another_group_than_the_primary_one_is_not_private() -> None:
    """Even if it has no members, since they are added without notice."""
    other = next(group.gr_gid for group in grp.getgrall() if group.gr_gid != OWNER.pw_gid)
    file = FileContent(b"", stat.S_IFREG | 0o660, OWNER.pw_uid, other)
    assert is_writable_by_strangers(file)


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


@pytest.mark.parametrize(
    ("mode", "owner", "read_only", "expected"),
    [
        (0o400, "us", False, Exposure.NONE),
        (0o600, "us", False, Exposure.NONE),
        (0o600, "stranger", False, Exposure.NONE),
        (0o440, "us", False, Exposure.NONE),
        (0o440, "root", False, Exposure.NONE),
        (0o640, "root", False, Exposure.NONE),
        (0o440, "stranger", False, Exposure.UNCHANGEABLE),
        (0o444, "stranger", False, Exposure.UNCHANGEABLE),
        (0o444, "us", True, Exposure.UNCHANGEABLE),
        (0o444, "us", False, Exposure.CHANGEABLE),
        (0o604, "us", False, Exposure.CHANGEABLE),
    ],
)
def test_a_secret_is_exposed_by_its_mode_owner_and_mount(
    mode: int, owner: str, *, read_only: bool, expected: Exposure
) -> None:
    """T117: mounted secrets are not the user's doing; a group may read one."""
    uid = {"us": os.geteuid(), "root": 0, "stranger": os.geteuid() + 54_321}[owner]
    assert exposure(stat.S_IFREG | mode, uid, read_only=read_only) is expected
    assert exposure(stat.S_IFIFO | mode, uid, read_only=read_only) is Exposure.NONE


def test_the_exposure_of_a_file_is_that_of_the_target_of_a_link(tmp_path: Path) -> None:
    """Kubernetes mounts secrets as links."""
    (tmp_path / "token").touch(0o644)
    (tmp_path / "link").symlink_to("token")
    (tmp_path / "token").chmod(0o644)
    assert exposure_of(str(tmp_path / "link")) is Exposure.CHANGEABLE
    for path in ("no", "a\0b"):
        assert exposure_of(str(tmp_path / path)) is Exposure.NONE
