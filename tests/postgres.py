"""A PostgreSQL of the tests' own: a cluster in a temporary folder, gone with its process."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections import deque
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

USER, PASSWORD = "autoqa", "kept-from-everyone"
ACCOUNT = "postgres"
"""Whom the server runs as where the tests run as root, which it refuses."""

MOST_DATABASES = 40
"""Those made first and not used any more go, so that they do not fill the disk."""

OPTIONS = ("fsync=off", "full_page_writes=off", "listen_addresses=")
"""What is committed outlives the server, though not the machine."""

MISSING = "PostgreSQL is not installed: apt-get install postgresql (.ci/run does)"


def programs() -> Path:
    """The folder of the newest server that is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda one: one.parts[4])
    if not found:
        pytest.fail(MISSING, pytrace=False)
    return found[-1].parent


class Cluster:
    """``url(name)`` is a database that is there, as empty as a new one or as a new store is."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="autoqa-pg-"))
        self._bin = programs()
        self._made: deque[str] = deque()
        self._account = [] if os.geteuid() else ["--reuid", ACCOUNT, "--regid", ACCOUNT]
        if self._account:
            self._account.append("--init-groups")
            shutil.chown(self._folder, ACCOUNT, ACCOUNT)
        secret = self._folder / "secret"
        secret.write_text(PASSWORD, "ascii")
        secret.chmod(0o644)
        made = subprocess.run(
            [
                *("setpriv", *self._account, str(self._bin / "initdb"), "--pgdata"),
                *(str(self._data), "--username", USER, "--auth", "scram-sha-256"),
                *("--pwfile", str(secret), "--no-locale", "--encoding", "UTF8", "--no-sync"),
            ],
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            pytest.fail(made.stderr, pytrace=False)
        self.start()

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def start(self) -> None:
        """Returns when it answers. It ends when whoever started it does, however he ends."""
        flags = [part for option in OPTIONS for part in ("-c", option)]
        with (self._folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [
                    *("setpriv", *self._account, "--pdeathsig", "QUIT"),
                    *(str(self._bin / "postgres"), "-D", str(self._data)),
                    *("-k", str(self._folder), *flags),
                ],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        while not self._answers():
            if self._server.poll() is not None:
                pytest.fail((self._folder / "log").read_text("utf-8"), pytrace=False)
            time.sleep(0.05)

    def stop(self) -> None:
        """As a machine that loses its power: no connection is ended properly."""
        self._server.send_signal(3)
        self._server.wait()

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def place(self, database: str, password: str = PASSWORD) -> str:
        """The URL of a database, there or not."""
        return f"postgresql://{USER}:{password}@/{database}?host={self._folder}"

    def make(self, database: str, template: str = "template0") -> str:
        """A new database, and its URL. One that is copied stays."""
        if template in self._made:
            self._made.remove(template)
        self._drop_unused()
        self._execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        self._made.append(database)
        return self.place(database)

    def _drop_unused(self) -> None:
        """All but the newest; who drops one that is in use waits five seconds for its users."""
        busy = {str(name) for (name,) in self._execute("SELECT datname FROM pg_stat_activity")}
        unused = [name for name in self._made if name not in busy]
        for name in unused[:-MOST_DATABASES]:
            with suppress(DBAPIError):  # somebody uses it just now
                self._execute(f'DROP DATABASE "{name}"')
                self._made.remove(name)

    def _execute(self, statement: str) -> list[sa.Row[tuple[object, ...]]]:
        url = sa.make_url(self.place("postgres")).set(drivername="postgresql+psycopg")
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            done = connection.exec_driver_sql(statement)
            return list(done) if done.returns_rows else []

    def _answers(self) -> bool:
        with suppress(DBAPIError):
            self._execute("SELECT 1")
            return True
        return False
