"""Who else can write a file: a configuration runs commands, so no stranger may have written it."""

import os
import stat

from rtmcli.files import FileContent


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
