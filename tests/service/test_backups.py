"""A backup made while the service writes is restored, and the service goes on from it."""

import shutil
import stat
import subprocess
import threading

import pytest

from services.booking.tables import Booking

KEY = "a long random text that is kept elsewhere"


def crypt(tmp_path, *command):
    """Run gpg as docs/backups.md shows it, with a keyring of its own."""
    home, key = tmp_path / "gnupg", tmp_path / "key"
    home.mkdir(mode=0o700, exist_ok=True)
    key.write_text(KEY)
    quietly = ("--homedir", str(home), "--batch", "--yes", "--pinentry-mode", "loopback", "--passphrase-file", str(key))
    return subprocess.run(["gpg", *quietly, *map(str, command)], capture_output=True, check=False)


def lose_everything(deployment):
    for file in deployment.folder.glob("wellbeing.db*"):
        file.unlink()


def test_the_service_goes_on_from_an_encrypted_backup_made_while_it_wrote(deployment, tmp_path):
    if not shutil.which("gpg"):
        pytest.skip("gpg is not installed")
    plain, kept = tmp_path / "wellbeing.backup", tmp_path / "wellbeing.backup.gpg"
    deployment.serve()
    deployment.phone("+447700900190").book()
    undecided = deployment.phone("+447700900191")
    undecided.text("yoga in Walthamstow")
    undecided.text("skip")
    done = threading.Event()
    busy = threading.Thread(target=_keep_texting, args=(deployment.phone("+447700900192"), done))
    busy.start()
    deployment.succeed("db", "backup", str(plain))
    done.set()
    busy.join()
    assert stat.S_IMODE(plain.stat().st_mode) == 0o600
    assert crypt(tmp_path, "--symmetric", "--cipher-algo", "AES256", "--output", kept, plain).returncode == 0
    assert b"SQLite" in plain.read_bytes()
    assert b"SQLite" not in kept.read_bytes()
    deployment.kill()
    lose_everything(deployment)
    plain.unlink()

    assert crypt(tmp_path, "--decrypt", "--output", plain, kept).returncode == 0
    deployment.succeed("db", "restore", str(plain))
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
    lose_everything(deployment)
    refused = deployment.run("db", "restore", str(file))
    assert (refused.returncode, "cannot be copied" in refused.stderr) == (1, True)
    assert [one.name for one in deployment.folder.glob("wellbeing.db*")] == ["wellbeing.db.serving"]


def _keep_texting(phone, done):
    while not done.is_set():
        phone.send("help")
        done.wait(0.02)
