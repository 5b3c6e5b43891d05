"""The system account that runs the embedded server, which refuses to run as root."""

import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from qiying.config.language import mark as _
from qiying.config.problems import StartError

ACCOUNT_NAME = "qiying_postgres"


@dataclass(frozen=True)
class Account:
    """Who runs the server; `is_other` when that is not who runs this program."""

    uid: int
    gid: int
    is_other: bool


def account_for(data: Path, say: Callable[..., None]) -> Account:
    """Return the account for this data folder, made when root has none to give it to."""
    folder_owner = data.stat().st_uid if data.exists() else os.geteuid()
    if os.geteuid() != 0:
        if folder_owner != os.geteuid():
            raise StartError(
                _(
                    "%(folder)s belongs to another account (number %(uid)d): start the platform as that "
                    "account or choose another folder with QIYING_VAR."
                ),
                folder=data,
                uid=folder_owner,
            )
        return Account(os.geteuid(), os.getegid(), is_other=False)
    entry = pwd.getpwuid(folder_owner) if folder_owner else _system_account(say)
    return Account(entry.pw_uid, entry.pw_gid, is_other=True)


def _system_account(say: Callable[..., None]) -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(ACCOUNT_NAME)
    except KeyError:
        pass
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin")
    command = [useradd or "useradd", "--system", "--no-create-home", "--user-group"]
    command += ["--shell", "/usr/sbin/nologin", ACCOUNT_NAME]
    try:
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - fixed words only
    except (OSError, subprocess.CalledProcessError) as error:
        raise StartError(
            _(
                "PostgreSQL does not run as root and the account %(name)s could not be made: start "
                "the platform as an ordinary account, or set QIYING_DATABASE_URL."
            ),
            name=ACCOUNT_NAME,
        ) from error
    say(
        _("Started as root: the database runs as the system account %(name)s, made just now."),
        name=ACCOUNT_NAME,
    )
    return pwd.getpwnam(ACCOUNT_NAME)


def give(folder: Path, account: Account) -> None:
    """Make a private folder of the account; the way to it is opened by :func:`open_way`."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid != account.uid:
        if not account.is_other:
            raise StartError(
                _(
                    "%(folder)s belongs to another account: remove it or choose another QIYING_VAR."
                ),
                folder=folder,
            )
        os.chown(folder, account.uid, account.gid)
    folder.chmod(0o700)


def open_way(target: Path, account: Account, say: Callable[..., None]) -> None:
    """Let the account pass through the folders above `target`: pass, not list and not read."""
    if not account.is_other:
        return
    closed = [folder for folder in target.resolve().parents if not _may_pass(folder, account)]
    for folder in closed:
        folder.chmod(stat.S_IMODE(folder.stat().st_mode) | stat.S_IXOTH)
    if closed:
        say(
            _("Started as root: opened a way for the database's account through %(folders)s."),
            folders=", ".join(str(folder) for folder in closed),
        )


def _may_pass(folder: Path, account: Account) -> bool:
    status = folder.stat()
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    return bool(status.st_mode & stat.S_IXOTH)
