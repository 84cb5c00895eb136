"""Units of work: kept or undone alone, committed together, answered after the commit, and never left waiting."""

import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, text
from sqlalchemy import event as engine_event
from sqlalchemy.exc import IntegrityError

from services.core.database import Database, announce
from services.core.errors import DatabaseBusy

PATIENCE = 20


def insert(name):
    return lambda session: session.execute(text("INSERT INTO alliance (name) VALUES (:name)"), {"name": name}) and name


def fail(name):
    def unit(session):
        insert(name)(session)
        raise RuntimeError(name)

    return unit


@pytest.fixture
def names(database):
    def names():
        with database.read() as session:
            return sorted(session.execute(text("SELECT name FROM alliance")).scalars())

    return names


@pytest.fixture
def together(sqlite_database):
    """Submit several units while the writer is busy, so that they land in one batch."""

    def together(*units):
        go, busy = threading.Event(), threading.Event()
        sqlite_database.submit(lambda session: busy.set() or go.wait(PATIENCE))
        assert busy.wait(PATIENCE)
        futures = [sqlite_database.submit(unit) for unit in units]
        go.set()
        return futures

    return together


@pytest.fixture
def commits(sqlite_database):
    """A list that grows with each commit of the writer."""
    seen = []
    engine_event.listen(Engine, "commit", lambda connection: seen.append(1))
    return seen


@pytest.fixture
def elsewhere():
    """Call something in another thread than the main one and return what it returns."""
    with ThreadPoolExecutor(1) as pool:
        yield lambda function: pool.submit(function).result(PATIENCE)


def outcomes(futures):
    return [future.exception(PATIENCE) or future.result() for future in futures]


def test_a_unit_is_kept_when_it_returns_and_undone_when_it_raises(database, names):
    assert database.write(insert("kept")) == "kept"
    with pytest.raises(RuntimeError, match="undone"):
        database.write(fail("undone"))
    assert names() == ["kept"]


def test_submitting_answers_later(database, names):
    good, bad = database.submit(insert("kept")), database.submit(fail("undone"))
    assert good.result(PATIENCE) == "kept"
    assert str(bad.exception(PATIENCE)) == "undone"
    assert names() == ["kept"]


def test_what_is_written_can_be_read_once_write_returns(database, names):
    for number in range(20):
        database.write(insert(f"{number:02}"))
        assert len(names()) == number + 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_units_of_one_batch_share_a_commit_and_fail_alone(together, commits, names, database):
    before = len(commits)
    found = outcomes(together(insert("a"), fail("b"), insert("c"), insert("a"), insert("d")))
    assert [str(found[0]), str(found[1]), found[2], type(found[3]), found[4]] == ["a", "b", "c", IntegrityError, "d"]
    assert names() == ["a", "c", "d"]
    assert len(commits) - before == 2, "one for the unit that kept the writer busy, one for all the others"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_unit_is_told_that_it_is_kept_before_the_commit(sqlite_database, together, database):
    states = []
    futures = []
    engine_event.listen(Engine, "commit", lambda _: states.append([future.done() for future in futures]))
    futures += together(insert("a"), insert("b"))
    outcomes(futures)
    assert not any(any(state) for state in states)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_failing_commit_is_told_to_all_whom_it_concerns(sqlite_database, together, names, database):
    def spoil(connection):
        raise OSError("disk gone")

    futures = together(insert("a"), fail("b"), lambda session: engine_event.listen(Engine, "commit", spoil))
    assert [str(error) for error in outcomes(futures)] == ["disk gone", "b", "disk gone"]
    engine_event.remove(Engine, "commit", spoil)
    assert names() == []
    assert sqlite_database.write(insert("after")) == "after"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_full_disk_loses_no_unit_that_was_told_it_is_kept(sqlite_database, together, names, database):
    """SQLite may undo the whole transaction, savepoints and all, on its own."""
    pages = sqlite_database.write(lambda session: session.execute(text("PRAGMA page_count")).scalar())

    def fill(session):
        session.execute(text(f"PRAGMA max_page_count = {pages + 20}"))
        session.execute(text("PRAGMA cache_size = 2"))
        for number in range(200):
            insert(f"{number}" * 4000)(session)

    def give_room(session):
        session.execute(text("PRAGMA max_page_count = 1000000"))

    futures = together(insert("before"), fill, insert("behind"))
    found = outcomes(futures)
    assert "full" in str(found[1])
    told = [each for each in (found[0], found[2]) if isinstance(each, str)]
    assert names() == sorted(told)
    sqlite_database.submit(give_room).exception(PATIENCE)
    assert sqlite_database.write(insert("after")) == "after"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_transaction_that_sqlite_gave_up_is_not_reported_as_kept(sqlite_database, together, names, database):
    def undo_everything(session):
        session.connection().connection.dbapi_connection.execute("ROLLBACK")
        raise OSError("as a full disk may do")

    futures = together(insert("before"), undo_everything, insert("behind"))
    found = outcomes(futures)
    assert str(found[1]) == "as a full disk may do"
    assert names() == sorted(each for each in found if isinstance(each, str))
    assert sqlite_database.write(insert("after")) == "after"


def test_a_unit_may_have_savepoints_of_its_own(database, names):
    def unit(session):
        insert("kept")(session)
        with pytest.raises(IntegrityError), session.begin_nested():
            insert("kept")(session)
        insert("also kept")(session)

    database.write(unit)
    assert names() == ["also kept", "kept"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_unit_that_rolls_back_harms_only_itself(together, names, database):
    def unit(session):
        insert("undone")(session)
        session.rollback()
        insert("neither")(session)

    found = outcomes(together(insert("a"), unit, insert("c")))
    assert isinstance(found[1], Exception)
    assert names() == ["a", "c"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_last_unit_of_a_batch_undoes_no_other_by_rolling_back(together, names, database):
    def undone(session):
        insert("undone")(session)
        session.rollback()

    outcomes(together(insert("a"), insert("b"), undone))
    assert names() == ["a", "b"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_lock_held_too_long_by_another_process_is_told_to_every_caller(tmp_path, sqlite_url, names, database):
    other = Database(sqlite_url, busy_timeout=0.2)
    go, held = threading.Event(), threading.Event()
    database.submit(lambda session: (held.set(), go.wait(PATIENCE)))
    held.wait(PATIENCE)
    futures = [other.submit(insert("a")), other.submit(insert("b"))]
    errors = outcomes(futures)
    go.set()
    assert all(isinstance(error, DatabaseBusy) and error.retryable for error in errors)
    assert other.write(insert("c")) == "c"
    other.close()


def test_a_unit_may_not_wait_for_another(sqlite_database, elsewhere):
    def nested():
        return sqlite_database.write(lambda session: sqlite_database.write(insert("never")))

    with pytest.raises(RuntimeError, match="wait"):
        nested()
    for _ in range(3):
        with pytest.raises(RuntimeError, match="wait"):
            elsewhere(nested)
    assert elsewhere(lambda: sqlite_database.write(insert("still works"))) == "still works"


def test_while_nobody_else_writes_the_callers_thread_does(sqlite_database, elsewhere):
    """Save the main thread, which Ctrl-C may interrupt anywhere."""
    sqlite_database.write(insert("first"))

    def serving_thread():
        return threading.get_ident(), sqlite_database.write(lambda session: threading.get_ident())

    caller, server = elsewhere(serving_thread)
    assert caller == server
    assert sqlite_database.write(lambda session: threading.get_ident()) != threading.get_ident()


def test_nobody_is_overtaken(sqlite_database):
    """What a thread submits and then writes is done in that order, whoever else is busy."""
    done = {number: [] for number in range(6)}

    def work(number):
        for turn in range(60):
            for step in range(2):
                sqlite_database.submit(lambda session, mark=(turn, step): done[number].append(mark))
            sqlite_database.write(lambda session, mark=(turn, 2): done[number].append(mark))

    threads = [threading.Thread(target=work, args=(number,)) for number in done]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert all(marks == [(turn, step) for turn in range(60) for step in range(3)] for marks in done.values())


def test_units_are_never_run_at_the_same_time(sqlite_database):
    inside, worst = [], []

    def unit(session):
        inside.append(1)
        worst.append(len(inside))
        time.sleep(0.0005)
        inside.pop()

    def work(_):
        for turn in range(30):
            sqlite_database.write(unit)
            time.sleep(0.001 * (turn % 3))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    assert len(worst) == 180
    assert max(worst) == 1


def test_a_cancelled_future_is_not_run(sqlite_database):
    go = threading.Event()
    sqlite_database.submit(lambda session: go.wait(PATIENCE))
    ran = []
    cancelled = sqlite_database.submit(lambda session: ran.append(1))
    assert cancelled.cancel()
    go.set()
    assert sqlite_database.write(lambda session: "next") == "next"
    assert ran == []


def test_listeners_hear_of_commits_only(database):
    heard = threading.Semaphore(0)
    database.listen("outbox", heard.release)
    with pytest.raises(RuntimeError):
        database.write(lambda session: (announce(session, "outbox"), fail("x")(session)))
    database.write(insert("quiet"))
    assert not heard.acquire(timeout=0.05)
    database.write(lambda session: announce(session, "outbox"))
    assert heard.acquire(timeout=PATIENCE)


def test_a_listener_that_fails_harms_neither_the_unit_nor_the_next(database, names):
    def listener():
        raise RuntimeError("listener")

    heard = threading.Semaphore(0)
    database.listen("outbox", listener)
    database.listen("outbox", heard.release)
    for name in ("one", "two"):
        assert database.write(lambda session, name=name: announce(session, "outbox") or insert(name)(session)) == name
        assert heard.acquire(timeout=PATIENCE)
    assert names() == ["one", "two"]


def test_closing_finishes_what_is_queued_and_takes_nothing_more(database, elsewhere):
    go = threading.Event()
    futures = [database.submit(lambda session: go.wait(PATIENCE))]
    futures += [database.submit(insert(f"{number}")) for number in range(10)]
    closing = threading.Thread(target=database.close)
    closing.start()
    time.sleep(0.05)
    go.set()
    closing.join(PATIENCE)
    assert outcomes(futures)[1:] == [f"{number}" for number in range(10)]
    with pytest.raises(DatabaseBusy):
        database.submit(insert("late"))
    for write in (database.write, lambda unit: elsewhere(lambda: database.write(unit))):
        with pytest.raises(DatabaseBusy):
            write(insert("late"))
    database.close()


def test_nobody_is_left_waiting_when_closing_races_with_submitting(sqlite_url):
    for _ in range(10):
        database = Database(sqlite_url)
        answers: list[Future] = []

        def submit_until_closed(database=database, answers=answers):
            for _ in range(200):
                try:
                    answers.append(database.submit(lambda session: None))
                    assert database.write(lambda session: "written") == "written"
                except DatabaseBusy:
                    return

        threads = [threading.Thread(target=submit_until_closed) for _ in range(3)]
        for thread in threads:
            thread.start()
        time.sleep(0.002)
        database.close()
        for thread in threads:
            thread.join(PATIENCE)
        assert not any(thread.is_alive() for thread in threads)
        assert [answer.exception(PATIENCE) for answer in answers] == [None] * len(answers)


def test_many_threads_may_open_a_new_file_at_once(tmp_path):
    def open_and_close(number):
        database = Database(f"sqlite:///{tmp_path / f'{number // 8}.db'}")
        database.write(lambda session: session.execute(text("CREATE TABLE IF NOT EXISTS t (n INTEGER)")) and None)
        with database.read() as session:
            session.execute(text("SELECT * FROM t"))
        database.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(open_and_close, range(80)))


def test_a_database_that_cannot_be_opened_says_so_at_once(tmp_path):
    with pytest.raises(Exception, match="unable to open"):
        Database(f"sqlite:///{tmp_path / 'missing' / 'folder' / 'x.db'}").write(insert("never"))


def test_ctrl_c_while_waiting_leaves_the_database_whole(sqlite_url):
    program = (
        # A shell that starts the tests in the background has them ignore Ctrl+C, and so would this program.
        "import signal, sys, time\nfrom services.core.database import Database\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from services.events.tables import Alliance\n"
        "database = Database(sys.argv[1])\n"
        "def unit(session):\n"
        "    session.add(Alliance(name='slow'))\n"
        "    print('working', flush=True)\n"
        "    time.sleep(0.5)\n"
        "try:\n    database.write(unit)\n"
        "except KeyboardInterrupt:\n    print('interrupted', flush=True)\n"
        "database.write(lambda session: session.add(Alliance(name='next')))\n"
        "database.close()\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, sqlite_url], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "working\n"
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "interrupted\n"
        assert process.wait(PATIENCE) == 0
    database = Database(sqlite_url)
    with database.read() as session:
        assert sorted(session.execute(text("SELECT name FROM alliance")).scalars()) == ["next", "slow"]
    database.close()


def test_a_deadlock_on_postgresql_is_run_again(postgres_database):
    database = postgres_database
    database.write(lambda session: insert("a")(session) and insert("b")(session))
    meeting = threading.Barrier(2, timeout=PATIENCE)
    runs = []

    def change(session, names):
        runs.append(names)
        for name in names:
            session.execute(text("UPDATE alliance SET name = name || '.' WHERE name LIKE :name"), {"name": f"{name}%"})
            if len(runs) <= 2 and name == names[0]:
                meeting.wait()

    futures = [database.submit(lambda session, names=names: change(session, names)) for names in ("ab", "ba")]
    assert outcomes(futures) == [None, None]
    assert len(runs) >= 3
    with database.read() as session:
        assert sorted(session.execute(text("SELECT name FROM alliance")).scalars()) == ["a..", "b.."]


def test_a_failure_that_is_no_deadlock_is_not_run_again(postgres_database):
    runs = []

    def unit(session):
        runs.append(1)
        insert("same")(session)

    postgres_database.write(insert("same"))
    with pytest.raises(IntegrityError):
        postgres_database.write(unit)
    assert len(runs) == 1
