"""The phone page in a real browser, against a demo that is really served."""

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect, sync_playwright

from bot.cli.checking import free_port

ROOT = Path(__file__).parents[2]
PATIENCE_MS = 15_000


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    database = tmp_path_factory.mktemp("demo") / "demo.db"
    environment = os.environ | {"ENVIRONMENT": "development", "DATABASE_URL": f"sqlite:///{database}"}
    command = [sys.executable, "-m", "bot.cli", "demo", "--port", str(port)]
    process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 180
    while not _is_healthy(url):
        assert process.poll() is None, "the demo did not start"
        assert time.monotonic() < deadline, "the demo did not become healthy"
        time.sleep(0.2)
    yield url
    process.terminate()
    process.wait(30)


def _is_healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    assert chromium, "the browser tests need Chromium: apt-get install chromium"
    arguments = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield opened
        opened.close()


@pytest.fixture
def page(browser, demo: str) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1300, "height": 950})
    opened.asked = []
    opened.on("request", lambda request: opened.asked.append(request.url))
    opened.goto(f"{demo}/phone")
    yield opened
    opened.close()


def card_of(page: Page, phone: int) -> Locator:
    """The card of a phone, when the messages of before are shown on it."""
    card = page.locator(".phone").nth(phone)
    expect(card.locator(".log")).to_have_attribute("aria-busy", "false", timeout=PATIENCE_MS)
    return card


def say(page: Page, phone: int, text: str) -> None:
    """Type a text on a phone, send it with the keyboard, and wait for one more answer."""
    card = card_of(page, phone)
    answers = card.locator(".out").count()
    card.locator("textarea").fill(text)
    card.locator("textarea").press("Enter")
    expect(card.locator(".out").nth(answers)).to_be_attached(timeout=PATIENCE_MS)


def test_a_booking_from_one_phone_while_another_asks(page: Page) -> None:
    first, second = page.locator(".phone").nth(0), page.locator(".phone").nth(1)
    second.locator("select").select_option("whatsapp")
    say(page, 0, "tai chi near walthamstow")
    say(page, 1, "is this a robot")
    expect(second.locator(".out").last).to_contain_text("automated")
    for text in ("skip", "1", "Maureen", "just me", "no", "yes"):
        say(page, 0, text)
        if "You are booked" in first.locator(".out").last.inner_text():
            break
    expect(first.locator(".out").last).to_contain_text("You are booked, Maureen")
    expect(first.locator(".out").last).to_contain_text("GSM-7")
    say(page, 0, "my bookings")
    expect(first.locator(".out").last).to_contain_text("Reference")


def tap(page: Page, phone: int, title: str) -> None:
    """Tap the last button or line of a list that has a title, opening its list, and wait for one more answer."""
    card = card_of(page, phone)
    answers = card.locator(".out").count()
    button = card.locator(".taps button", has_text=title).last
    if not button.is_visible():
        card.locator(".taps summary").last.click()
    button.click()
    expect(card.locator(".out").nth(answers)).to_be_attached(timeout=PATIENCE_MS)


def show_list(page: Page, phone: int) -> None:
    """Ask for the list again while it came without its buttons: the first of a shape does when it takes too long."""
    taps = page.locator(".phone").nth(phone).locator(".bubble").last.locator(".taps summary")
    for _ in range(3):
        if taps.count():
            return
        say(page, phone, "again")


def test_a_place_is_found_and_kept_by_tapping_on_whatsapp(page: Page) -> None:
    first = page.locator(".phone").nth(0)
    first.locator("select").select_option("whatsapp")
    expect(first.locator(".bubble")).to_have_count(0)
    say(page, 0, "something for sleep near camden")
    tap(page, 0, "Rather not say")
    expect(first.locator(".in").last).to_have_text("Rather not say")
    show_list(page, 0)
    first.locator(".taps summary").last.click()
    expect(first.locator("details.taps button").first).to_be_in_viewport()
    assert Axe().run(page).violations_count == 0
    first.locator("details.taps button").first.click()
    expect(first.locator(".out").last).to_contain_text("We are keeping 1 place", timeout=PATIENCE_MS)


def test_the_clock_moves_on_two_days(page: Page) -> None:
    expect(page.locator("#now")).not_to_have_text("loading", timeout=PATIENCE_MS)
    before = page.locator("#now").inner_text()
    page.get_by_role("button", name="2 days later").click()
    expect(page.locator("#happened")).to_contain_text("sent", timeout=PATIENCE_MS)
    expect(page.locator("#now")).not_to_have_text(before, timeout=PATIENCE_MS)


def test_another_phone_can_be_added_and_used_by_keyboard_alone(page: Page) -> None:
    page.get_by_role("button", name="Add a phone").press("Enter")
    expect(page.locator(".phone")).to_have_count(3)
    page.keyboard.type("hello")
    page.keyboard.press("Enter")
    expect(page.locator(".phone").nth(2).locator(".out")).to_have_count(1, timeout=PATIENCE_MS)


def test_an_answer_that_comes_after_the_channel_was_changed_is_not_shown(page: Page) -> None:
    second = page.locator(".phone").nth(1)
    say(page, 1, "zebra crossing")
    held = []
    with page.expect_request("**/dev/phone/messages?*channel=sms*"):
        page.route("**/dev/phone/messages?*channel=sms*", lambda route: held.append(route))
    second.locator("select").select_option("whatsapp")
    whatsapp = second.locator(".bubble").count
    expect(second.locator(".bubble").filter(has_text="zebra crossing")).to_have_count(0)
    shown = whatsapp()
    with page.expect_response("**/dev/phone/messages?*channel=sms*"):
        for route in held:
            route.continue_()
    page.wait_for_timeout(300)
    assert whatsapp() == shown


def test_nobody_is_shut_out(page: Page) -> None:
    say(page, 0, "hello")
    assert Axe().run(page).violations_count == 0


def test_nothing_is_asked_of_any_other_machine(page: Page, demo: str) -> None:
    say(page, 0, "help")
    assert page.asked
    assert all(url.startswith(demo) for url in page.asked)


def test_the_page_runs_nothing_that_is_not_its_own(page: Page, demo: str) -> None:
    with urllib.request.urlopen(f"{demo}/phone") as answer:
        policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
