"""A PostgreSQL server for tests: started on a socket of its own, gone afterwards, skipped loudly where it is missing."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest


def programs() -> Path | None:
    """Where Debian keeps the server's programs."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).parent] if on_path else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((folder for folder in reversed(found) if (folder / "postgres").exists()), None)


def absent(why: str) -> None:
    if os.environ.get("JDM_REQUIRE_POSTGRES"):
        pytest.fail(why)
    pytest.skip(why)


@contextlib.contextmanager
def postgres_server() -> Iterator[str]:
    """The address of a running server. Where there can be none: a skip, or a failure with JDM_REQUIRE_POSTGRES=1."""
    place = programs()
    if place is None:
        absent("PostgreSQL is not on this machine: install Debian's `postgresql`.")
    if find_spec("psycopg") is None:
        absent('The driver of PostgreSQL is missing: `pip install "psycopg[binary]"`.')
    assert place is not None
    # The path of a socket must be short, so pytest's own folder will not do.
    with tempfile.TemporaryDirectory(prefix="jdmpg") as name:
        folder, who = Path(name), {}
        if os.geteuid() == 0:
            # The server refuses to run as root.
            try:
                owner = pwd.getpwnam("postgres")
            except KeyError:
                absent("PostgreSQL does not run as root, and there is no user postgres.")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
            who = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        data = str(folder / "data")
        made = [
            str(place / "initdb"),
            "-D",
            data,
            "-U",
            "room",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
            "--locale=C",
        ]
        subprocess.run(made, check=True, capture_output=True, cwd=folder, **who)
        command = [str(place / "postgres"), "-D", data, "-k", name, "-c", "listen_addresses="]
        with (folder / "log").open("w") as log:
            server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **who)
            try:
                address = f"postgresql://room@/postgres?host={name}"
                wait_for(address, folder / "log")
                yield address
            finally:
                server.terminate()
                server.wait(20)


def wait_for(address: str, log: Path) -> None:
    import psycopg

    for _ in range(200):
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(address).close()
            return
        time.sleep(0.1)
    pytest.fail(f"PostgreSQL did not start: {log.read_text()[-1000:]}")
