"""The page on scale shows what its load model says, and the model answers to its figures."""

from pathlib import Path

import pytest

from tests.bench.load import SIZES, Assumed, Load, Measured, Size, main, table

PAGE = Path(__file__).parents[2] / "docs" / "scale.md"


def test_the_page_holds_the_models_table():
    assert table([Load(size) for size in SIZES]) in PAGE.read_text(encoding="utf-8")


def test_cores_follow_from_work_and_how_far_they_are_used():
    load = Load(Size("x", 1, 100, 0), Measured(turn_cpu_ms=10), Assumed(used=0.5))
    assert load.web_cores == 2
    assert Load(Size("x", 1, 0, 1000), Measured(send_cpu_ms=3), Assumed(used=0.6)).sending_cores == 5


def test_one_process_sends_no_faster_than_was_measured_whatever_a_core_could():
    assert Load(Size("x", 1, 0, 1000), Measured(send_cpu_ms=0.1, sends_per_process=300)).sending_cores == 4


def test_a_month_costs_its_messages_at_the_settings_prices():
    assumed = Assumed(active=0.5, texts_out=10, whatsapp=0.5, segments=2)
    assert Load(Size("x", 100, 1, 1), assumed=assumed).message_pounds == pytest.approx(
        500 * (0.5 * 2 * 4 + 0.5 * 3) / 100
    )


def test_it_can_be_run_for_another_size_and_other_figures(capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["load", "--people", "1000", "--inbound", "60", "--set", "turn_cpu_ms=20"])
    main()
    shown = capsys.readouterr().out
    assert "| people | 1,000 |" in shown
    assert "| cores for turns and callbacks | 16 |" in shown
