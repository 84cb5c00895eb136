"""What `docker/` says holds together: no engine is needed to see that, and none is run here."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from bot.cli import app
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
DOCKER = ROOT / "docker"
OURS = ("migrate", "web", "worker")
# Variables of the image of PostgreSQL, and of Python.
OTHERS = {"POSTGRES_PASSWORD", "POSTGRES_USER", "POSTGRES_DB"}


@pytest.fixture(scope="module")
def stages():
    """The instructions of each stage of the Dockerfile, as (name, what follows) pairs."""
    lines = re.sub(r"\\\n", " ", (DOCKER / "Dockerfile").read_text()).splitlines()
    found = []
    for line in lines:
        if line and not line.startswith("#"):
            name, _, rest = line.partition(" ")
            if name == "FROM":
                found.append([])
            found[-1].append((name, rest.strip()))
    return found


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((DOCKER / "compose.yaml").read_text())


def every(stages, name):
    return [rest for stage in stages for found, rest in stage if found == name]


def example():
    lines = (DOCKER / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def command_of(words):
    """The command of the CLI that some words call; fails where there is none, or an option is unknown."""
    command, context = get_command(app), None
    words = list(words)
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    context = command.make_context(command.name, words)
    return command.name, context.params


def test_all_that_is_copied_exists_and_reaches_the_build(stages):
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    copied = [shlex.split(rest)[:-1] for rest in every(stages, "COPY") if not rest.startswith("--from")]
    sources = [source for sources in copied for source in sources]
    assert sources
    assert all((ROOT / source).exists() for source in sources)
    assert sorted(sources) == sorted(allowed)


def test_nothing_else_reaches_the_build():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert next(line for line in lines if line and not line.startswith("#")) == "*"


def test_every_version_is_pinned(stages, compose):
    images = [rest.split()[0] for rest in every(stages, "FROM")]
    images += [service["image"] for service in compose["services"].values()]
    assert images
    assert [image for image in images if not re.search(r":v?\d+\.\d+(\.\d+)?(-[a-z-]+)?$", image)] == []
    installs = [part for part in every(stages, "RUN") if "pip install" in part]
    assert installs
    assert all("--require-hashes -r requirements.txt" in part for part in installs)


def test_what_is_taken_out_after_training_is_what_training_alone_needs(stages):
    [taken_out] = [part for part in every(stages, "RUN") if "pip uninstall" in part]
    names = set(taken_out.split()[3:])
    locked = (ROOT / "requirements.txt").read_text()
    needed_by = {
        name: set(re.findall(r"#(?: via|  ) (\S+)", body)) - {"via"}
        for name, body in re.findall(r"^([a-z0-9-]+)==(.*?)(?=^[a-z0-9])", locked, re.M | re.S)
    }
    assert names == {"scikit-learn"} | {name for name, users in needed_by.items() if users == {"scikit-learn"}}


def test_serving_does_without_what_is_taken_out(stages):
    [taken_out] = [part for part in every(stages, "RUN") if "pip uninstall" in part]
    modules = [name.replace("scikit-learn", "sklearn") for name in taken_out.split()[3:]]
    program = (
        f"import sys; sys.modules.update(dict.fromkeys({modules!r})); import bot.cli, bot.app, dbos; print('loaded')"
    )
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout == "loaded\n"


def test_it_does_not_run_as_root(stages, compose):
    final = stages[-1]
    [user] = [rest for name, rest in final if name == "USER"]
    assert all(part.isdigit() and int(part) > 0 for part in user.split(":"))
    last_run = max(number for number, (name, _) in enumerate(final) if name in ("RUN", "COPY"))
    assert last_run < [name for name, _ in final].index("USER")
    assert {compose["services"][name].get("user") for name in OURS} == {None}
    assert compose["services"]["postgres"]["user"] == "postgres"


def test_nothing_can_be_written_or_gained(compose):
    for name, service in compose["services"].items():
        assert service["read_only"] is True, name
        assert "/tmp" in service["tmpfs"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert not {"privileged", "cap_add", "network_mode", "pid"} & set(service), name


def test_only_this_machine_reaches_a_port(compose):
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_commands_are_those_of_the_command_line(stages, compose):
    [default] = [yaml.safe_load(rest) for name, rest in stages[-1] if name == "CMD"]
    called = {name: command_of(compose["services"][name]["command"]) for name in OURS}
    assert command_of(default)[1]["host"] == "0.0.0.0"
    assert {name: found[0] for name, found in called.items()} == {
        "migrate": "upgrade",
        "web": "serve",
        "worker": "worker",
    }
    assert called["web"][1]["web_only"] is True
    assert (called["web"][1]["port"], called["worker"][1]["port"]) == (8000, 8001)


def test_health_is_asked_at_the_port_that_is_served(stages, compose):
    [image] = [rest for name, rest in stages[-1] if name == "HEALTHCHECK"]
    assert "127.0.0.1:8000/health" in image
    worker = compose["services"]["worker"]["healthcheck"]["test"]
    assert "127.0.0.1:8001/health" in worker[-1]
    compile(worker[-1], "health check", "exec")
    assert compose["services"]["postgres"]["healthcheck"]["test"][1] == "pg_isready"


def test_each_waits_for_what_it_needs(compose):
    waits = {name: compose["services"][name]["depends_on"] for name in OURS}
    assert waits["migrate"] == {"postgres": {"condition": "service_healthy"}}
    assert waits["web"] == waits["worker"] == {"migrate": {"condition": "service_completed_successfully"}}


def test_every_variable_is_a_setting(compose):
    named = set(example()) | {name for each in OURS for name in compose["services"][each]["environment"]}
    assert {name for name in named - OTHERS if name.lower() not in Settings.model_fields} == set()


def test_the_example_holds_no_secret():
    assert set(example().values()) == {""}


def test_filled_in_it_is_what_production_needs(compose, monkeypatch):
    filled = example() | {
        "POSTGRES_PASSWORD": "a1b2c3",
        "PUBLIC_BASE_URL": "https://line.example.org",
        "TWILIO_ACCOUNT_SID": "AC" + "1" * 32,
        "TWILIO_AUTH_TOKEN": "a-token",
        "TWILIO_SMS_FROM": "+447700900000",
    }
    written = compose["services"]["web"]["environment"]
    variables = {
        name: re.sub(r"\$\{(\w+):\?[^}]*\}", lambda found: filled[found[1]], text) for name, text in written.items()
    }
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, text in (filled | variables).items():
        monkeypatch.setenv(name, text)
    settings = Settings()
    assert settings.is_development is False
    assert settings.database_url == "postgresql+psycopg://wellbeing:a1b2c3@postgres/wellbeing"


def test_every_folder_and_secret_that_is_mounted_is_there_or_kept_out_of_the_repository(compose):
    mounted = [volume.split(":") for service in compose["services"].values() for volume in service.get("volumes", [])]
    assert {source for source, *_ in mounted if not source.startswith(".")} == set(compose["volumes"])
    assert all((DOCKER / source).exists() for source, *_ in mounted if source.startswith("."))
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert f"docker/{compose['secrets']['metrics_token']['file']}" in ignored
    assert ".env" in ignored


def test_prometheus_asks_every_process(compose):
    config = yaml.safe_load((DOCKER / "monitoring" / "prometheus.yml").read_text())
    targets = config["scrape_configs"][0]["static_configs"][0]["targets"]
    assert targets == ["web:8000", "worker:8001"]
    assert {target.split(":")[0] for target in targets} <= set(compose["services"])
    token = config["scrape_configs"][0]["authorization"]["credentials_file"]
    assert token == f"/run/secrets/{compose['services']['prometheus']['secrets'][0]}"


def test_the_command_in_the_image_is_the_command_line():
    script = (DOCKER / "wellbeing").read_text().replace("/app", str(ROOT)).replace("exec python", "exec echo")
    done = subprocess.run(
        ["sh", "-c", script, "wellbeing", "db", "upgrade"], capture_output=True, text=True, check=True
    )
    assert done.stdout == "-m bot.cli db upgrade\n"
    assert (DOCKER / "wellbeing").stat().st_mode & 0o111 == 0o111
