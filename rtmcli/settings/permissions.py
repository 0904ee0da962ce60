"""Who else can write or read a file.

A configuration runs commands, so no stranger may have written it; a token is a secret.
"""

import os
import stat
from enum import Enum

from rtmcli.files import FileContent


class Exposure(Enum):
    """Whether users other than the owner can read a file, and whether we can change that."""

    NONE = "none"  # only the owner can, and the group that the owner or root chose
    UNCHANGEABLE = "unchangeable"  # another user owns it, or it is mounted read-only
    CHANGEABLE = "changeable"  # it is ours, and everyone can read it


def exposure_of(path: str) -> Exposure:
    """Return who can read a file; one that cannot be examined is not exposed."""
    try:
        status, mount = os.stat(path), os.statvfs(path)  # noqa: PTH116  # a path may be invalid
    except (OSError, ValueError):
        return Exposure.NONE
    return exposure(status.st_mode, status.st_uid, read_only=bool(mount.f_flag & os.ST_RDONLY))


def exposure(mode: int, uid: int, *, read_only: bool) -> Exposure:
    """Return who can read a regular file of this `st_mode` and owner, on a read-only mount or not.

    Kubernetes and systemd let a group read a secret, and mount it read-only.
    """
    is_ours = uid == os.geteuid()
    if not stat.S_ISREG(mode) or not mode & (stat.S_IRGRP | stat.S_IROTH):
        return Exposure.NONE
    if not mode & stat.S_IROTH and (is_ours or uid == 0):
        return Exposure.NONE
    return Exposure.CHANGEABLE if is_ours and not read_only else Exposure.UNCHANGEABLE


def is_writable_by_strangers(file: FileContent) -> bool:
    """Return whether a user other than the owner (and root) can write a file.

    Its group may write it if that is the private group of the owner, as with the umask 002 of
    Debian and Ubuntu. Devices, such as /dev/null, are not checked.
    """
    if stat.S_ISCHR(file.mode):
        return False
    if file.mode & stat.S_IWOTH:
        return True
    return bool(file.mode & stat.S_IWGRP) and not _is_private_group(file.gid, file.uid)


def is_trusted_owner(uid: int) -> bool:
    """Return whether files of this user may configure us: ours, root's, or those of a sudo user."""
    trusted = {os.geteuid(), 0}
    if os.geteuid() == 0 and os.environ.get("SUDO_UID", "").isdecimal():
        trusted.add(int(os.environ["SUDO_UID"]))
    return uid in trusted


def _is_private_group(gid: int, uid: int) -> bool:
    """Return whether a group is the primary group of its only member."""
    import grp  # rarely needed
    import pwd

    try:
        owner, group = pwd.getpwuid(uid), grp.getgrgid(gid)
    except KeyError:
        return False
    if owner.pw_gid != gid or any(name != owner.pw_name for name in group.gr_mem):
        return False
    return all(user.pw_uid == uid for user in pwd.getpwall() if user.pw_gid == gid)
