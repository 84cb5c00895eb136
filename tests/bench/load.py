"""What does a service of some size need, and what does it cost? Prints the Markdown table of docs/scale.md.

`python -m tests.bench.load [--people 5000000 --inbound 60 --outbound 600]`: the three sizes of that page, or one of
your own. Arithmetic over figures that benchmarks gave (`Measured`), settings (prices, rates) and guesses (`Assumed`);
change one with `--set NAME=VALUE`, such as `--set turn_cpu_ms=5`.
"""

import argparse
from dataclasses import dataclass, field, replace
from math import ceil

from bot.settings import Settings

_DAYS = 30.4
_SETTINGS = Settings.model_fields


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures of benchmarks, on the machine that ARCHITECTURE.md names.

    `turn_cpu_ms` and `turns_per_process`: tests/bench/turn.py; `send_cpu_ms` and `sends_per_process`:
    tests/bench/sending.py, the dearest kind; `tick_ms`: tests/bench/due.py, of 1,000,000 contacts.
    """

    turn_cpu_ms: float = 9.4
    turns_per_process: float = 110.0
    send_cpu_ms: float = 1.6
    sends_per_process: float = 480.0
    tick_ms: float = 5.5


@dataclass(frozen=True, slots=True)
class Assumed:
    """What nobody has measured: replace it by what you see.

    `used`: the part of a core that is used at the peak. `active`: the part of people who text in a month, with
    `texts_in` and `texts_out` messages each. `whatsapp`: the part of messages that go by WhatsApp. `segments`: of a
    text message. `reports`: status callbacks for a message. `report_cpu_ms`: for each of them. `message_bytes` and
    `person_bytes`: in the database, with indexes. `core_pounds`, `database_core_pounds`: for a month, with memory and,
    for the database, a second machine that stands by. `statements_per_core`: that a core of PostgreSQL serves a second.
    """

    used: float = 0.6
    active: float = 0.1
    texts_in: float = 6.0
    texts_out: float = 8.0
    whatsapp: float = 0.3
    segments: float = 1.3
    reports: float = 2.0
    report_cpu_ms: float = 2.0
    message_bytes: float = 1_500.0
    person_bytes: float = 600.0
    core_pounds: float = 25.0
    database_core_pounds: float = 80.0
    statements_per_core: float = 4_000.0
    turn_statements: float = 25.0
    send_statements: float = 6.0
    report_statements: float = 4.0


@dataclass(frozen=True, slots=True)
class Size:
    """A service: people known to it, and messages a second at its busiest."""

    name: str
    people: int
    inbound: float
    outbound: float


@dataclass(frozen=True, slots=True)
class Load:
    """What a size needs."""

    size: Size
    measured: Measured = field(default_factory=Measured)
    assumed: Assumed = field(default_factory=Assumed)

    @property
    def web_cores(self) -> int:
        """Cores that take turns and reports."""
        work = self.size.inbound * self.measured.turn_cpu_ms + self.reports_per_second * self.assumed.report_cpu_ms
        return self._cores(work)

    @property
    def sending_cores(self) -> int:
        """Cores that send."""
        return max(self._cores(self.size.outbound * self.measured.send_cpu_ms), self._processes())

    @property
    def reports_per_second(self) -> float:
        """Status callbacks a second."""
        return self.size.outbound * self.assumed.reports

    @property
    def database_cores(self) -> int:
        """Cores of PostgreSQL."""
        statements = self.size.inbound * self.assumed.turn_statements
        statements += self.size.outbound * self.assumed.send_statements
        statements += self.reports_per_second * self.assumed.report_statements
        return ceil(statements / self.assumed.statements_per_core / self.assumed.used)

    @property
    def sms_senders(self) -> int:
        """Numbers of ours for text messages, at the rate that is the setting's default."""
        segments = self.size.outbound * (1 - self.assumed.whatsapp) * self.assumed.segments
        return ceil(segments / float(_SETTINGS["sms_per_second"].default))

    @property
    def whatsapp_senders(self) -> int:
        """Numbers of ours for WhatsApp."""
        return ceil(self.size.outbound * self.assumed.whatsapp / float(_SETTINGS["whatsapp_per_second"].default))

    @property
    def monthly_out(self) -> float:
        """Messages sent in a month."""
        return self.size.people * self.assumed.active * self.assumed.texts_out

    @property
    def monthly(self) -> float:
        """Messages in a month, both ways."""
        return self.size.people * self.assumed.active * (self.assumed.texts_in + self.assumed.texts_out)

    @property
    def gigabytes(self) -> float:
        """What stands in the database while words are kept."""
        kept = self.monthly / _DAYS * float(_SETTINGS["retain_words_days"].default)
        return (kept * self.assumed.message_bytes + self.size.people * self.assumed.person_bytes) / 1e9

    @property
    def message_pounds(self) -> float:
        """What messages cost in a month at the prices that are the settings' defaults."""
        text = float(_SETTINGS["sms_segment_price"].default) * self.assumed.segments * (1 - self.assumed.whatsapp)
        pence = text + float(_SETTINGS["whatsapp_message_price"].default) * self.assumed.whatsapp
        return self.monthly_out * pence / 100

    @property
    def machine_pounds(self) -> float:
        """What machines cost in a month."""
        ours = (self.web_cores + self.sending_cores) * self.assumed.core_pounds
        return ours + self.database_cores * self.assumed.database_core_pounds

    def _cores(self, ms_per_second: float) -> int:
        return ceil(ms_per_second / 1000 / self.assumed.used)

    def _processes(self) -> int:
        return ceil(self.size.outbound / self.measured.sends_per_process)


SIZES = (
    Size("one machine", 50_000, 5, 10),
    Size("one region", 1_000_000, 20, 200),
    Size("the nation", 20_000_000, 200, 2_000),
)


def table(loads: list[Load]) -> str:
    """The Markdown table of some sizes."""
    rows = (
        ("people", [f"{load.size.people:,}" for load in loads]),
        (
            "messages a second, in / out, at the peak",
            [f"{x.size.inbound:,.0f} / {x.size.outbound:,.0f}" for x in loads],
        ),
        ("status callbacks a second", [f"{load.reports_per_second:,.0f}" for load in loads]),
        ("cores for turns and callbacks", [f"{load.web_cores:,}" for load in loads]),
        ("cores for sending", [f"{load.sending_cores:,}" for load in loads]),
        ("cores for the database", [f"{load.database_cores:,}" for load in loads]),
        ("numbers of ours, SMS / WhatsApp", [f"{load.sms_senders:,} / {load.whatsapp_senders:,}" for load in loads]),
        ("messages a month, both ways", [f"{load.monthly:,.0f}" for load in loads]),
        ("in the database while words are kept, GB", [f"{load.gigabytes:,.1f}" for load in loads]),
        ("a month's messages, pounds", [f"{load.message_pounds:,.0f}" for load in loads]),
        ("a month's machines, pounds", [f"{load.machine_pounds:,.0f}" for load in loads]),
    )
    head = ["| |" + "|".join(f" {load.size.name} " for load in loads) + "|", "|---" * (len(loads) + 1) + "|"]
    return "\n".join([*head, *(f"| {name} | {' | '.join(cells)} |" for name, cells in rows)])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int)
    parser.add_argument("--inbound", type=float, default=200.0)
    parser.add_argument("--outbound", type=float, default=2000.0)
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="changes")
    given = parser.parse_args()
    changes = {name: float(value) for name, _, value in (change.partition("=") for change in given.changes)}
    measured = {name: value for name, value in changes.items() if name in Measured.__slots__}
    assumed = {name: value for name, value in changes.items() if name not in measured}
    own = (Size("yours", given.people, given.inbound, given.outbound),) if given.people else SIZES
    print(table([Load(size, replace(Measured(), **measured), replace(Assumed(), **assumed)) for size in own]))


if __name__ == "__main__":
    main()
