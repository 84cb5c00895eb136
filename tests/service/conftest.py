"""A deployment to test: a stand-in for Twilio, a database with two events, and the command to serve it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.deployment import Deployment, day_at, event_row, stand_in_for_twilio


@pytest.fixture(scope="session")
def prepared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database that holds two events in Walthamstow, ten and twenty days ahead."""
    folder = tmp_path_factory.mktemp("prepared")
    with stand_in_for_twilio() as (fake, url):
        prepared = Deployment(folder, fake, url)
        prepared.succeed("nlu", "train", "--if-needed")
        prepared.succeed("db", "upgrade")
        prepared.bring_in(event_row("yoga-1", day_at(10, 14)), event_row("yoga-2", day_at(20, 14)))
    return folder


@pytest.fixture(scope="module")
def deployment(prepared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A deployment of the module's own, that nothing serves yet."""
    folder = tmp_path_factory.mktemp("deployment")
    shutil.copytree(prepared_folder, folder, dirs_exist_ok=True)
    with stand_in_for_twilio() as (fake, url):
        yield Deployment(folder, fake, url)


@pytest.fixture(scope="module")
def served(deployment: Deployment) -> Iterator[Deployment]:
    """The module's deployment, served."""
    deployment.serve()
    yield deployment
    deployment.stop()
