"""A backup made while the service writes is restored, and the service goes on from it."""

import shutil
import stat
import subprocess
import threading
from dataclasses import dataclass

import pytest

from services.booking.tables import Booking
from tests.postgres_server import PostgresServer
from tests.service.deployment import Deployment, day_at, event_row, stand_in_for_twilio

KEY = "a long random text that is kept elsewhere"


def crypt(tmp_path, *command):
    """Run gpg as docs/backups.md shows it, with a keyring of its own."""
    home, key = tmp_path / "gnupg", tmp_path / "key"
    home.mkdir(mode=0o700, exist_ok=True)
    key.write_text(KEY)
    quietly = ("--homedir", str(home), "--batch", "--yes", "--pinentry-mode", "loopback", "--passphrase-file", str(key))
    return subprocess.run(["gpg", *quietly, *map(str, command)], capture_output=True, check=False)


@dataclass
class OnSqlite:
    """Backup and restoring of a file by the `wellbeing` command."""

    deployment: Deployment
    begins = b"SQLite"

    def back_up(self, file):
        self.deployment.succeed("db", "backup", str(file))

    def lose_everything(self):
        for file in self.deployment.folder.glob("wellbeing.db*"):
            file.unlink()

    def restore(self, file):
        self.deployment.succeed("db", "restore", str(file))


@dataclass
class OnPostgresql:
    """Backup and restoring of a database by PostgreSQL's own programs, as docs/backups.md shows it."""

    deployment: Deployment
    server: PostgresServer
    database: str
    begins = b"PGDMP"

    def back_up(self, file):
        self._run("pg_dump", "--format=custom", f"--file={file}", self.server.dsn(self.database))
        file.chmod(0o600)

    def lose_everything(self):
        self.server.drop(self.database)
        self.database = self.server.create()
        self.deployment.environment["DATABASE_URL"] = self.deployment.database_url = self.server.url(self.database)

    def restore(self, file):
        address = f"--dbname={self.server.dsn(self.database)}"
        self._run("pg_restore", "--clean", "--if-exists", "--single-transaction", address, str(file))

    def _run(self, program, *arguments):
        subprocess.run([self.server.program(program), *arguments], check=True)


@pytest.fixture
def kept_on_sqlite(deployment):
    return OnSqlite(deployment)


@pytest.fixture
def kept_on_postgresql(tmp_path, postgres_server):
    name = postgres_server.create()
    with stand_in_for_twilio() as (fake, url):
        deployment = Deployment(tmp_path, fake, url, postgres_server.url(name))
        deployment.succeed("db", "upgrade")
        deployment.bring_in(event_row("yoga-1", day_at(10, 14)), event_row("yoga-2", day_at(20, 14)))
        yield OnPostgresql(deployment, postgres_server, name)


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request):
    return request.getfixturevalue(f"kept_on_{request.param}")


def test_the_service_goes_on_from_an_encrypted_backup_made_while_it_wrote(kept, tmp_path):
    if not shutil.which("gpg"):
        pytest.skip("gpg is not installed")
    deployment = kept.deployment
    plain, encrypted = tmp_path / "wellbeing.backup", tmp_path / "wellbeing.backup.gpg"
    deployment.serve()
    deployment.phone("+447700900190").book()
    undecided = deployment.phone("+447700900191")
    undecided.text("yoga in Walthamstow")
    undecided.text("skip")
    done = threading.Event()
    busy = threading.Thread(target=_keep_texting, args=(deployment.phone("+447700900192"), done))
    busy.start()
    kept.back_up(plain)
    done.set()
    busy.join()
    assert stat.S_IMODE(plain.stat().st_mode) == 0o600
    assert crypt(tmp_path, "--symmetric", "--cipher-algo", "AES256", "--output", encrypted, plain).returncode == 0
    assert plain.read_bytes().startswith(kept.begins)
    assert kept.begins not in encrypted.read_bytes()
    deployment.kill()
    kept.lose_everything()
    plain.unlink()

    assert crypt(tmp_path, "--decrypt", "--output", plain, encrypted).returncode == 0
    kept.restore(plain)
    deployment.serve()
    (booking,) = deployment.rows(Booking)
    assert booking.status == "confirmed"
    for said in ("1", "Sam", "just me", "no"):
        undecided.text(said)
    assert "You are booked" in undecided.text("yes")
    deployment.stop()


def test_a_database_that_is_there_or_served_is_not_overwritten(deployment, tmp_path):
    file = tmp_path / "backup"
    deployment.succeed("db", "backup", str(file))
    refused = deployment.run("db", "restore", str(file))
    assert (refused.returncode, "nothing is overwritten" in refused.stderr) == (1, True)
    assert deployment.run("db", "backup", str(file)).returncode == 1


def test_what_is_no_backup_restores_nothing(deployment, tmp_path):
    file = tmp_path / "backup"
    file.write_bytes(b"no database at all" * 1000)
    OnSqlite(deployment).lose_everything()
    refused = deployment.run("db", "restore", str(file))
    assert (refused.returncode, "cannot be copied" in refused.stderr) == (1, True)
    assert [one.name for one in deployment.folder.glob("wellbeing.db*")] == ["wellbeing.db.serving"]


def _keep_texting(phone, done):
    while not done.is_set():
        phone.send("help")
        done.wait(0.02)
