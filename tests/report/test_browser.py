"""The page in a real browser: no errors, every figure drawn, both themes, a phone."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

from shortgamma.report.documents import write_report

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SCREENS = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
REQUIRED = os.environ.get("SHORTGAMMA_REQUIRE_ALL") == "1"
pytestmark = pytest.mark.skipif(
    CHROMIUM is None and not REQUIRED, reason="no chromium: apt-get install chromium"
)


@pytest.fixture(scope="module")
def browser():
    assert CHROMIUM is not None, "SHORTGAMMA_REQUIRE_ALL=1, and there is no chromium"
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def address(naive, tmp_path_factory):
    file = tmp_path_factory.mktemp("report") / "page.html"
    write_report(naive, file)
    return file.as_uri()


@pytest.fixture(scope="module")
def visit(browser, address):
    """Opens the page, once for each screen and scheme, and collects what went wrong."""
    opened = {}

    def go(screen, scheme):
        if (screen, scheme) not in opened:
            context = browser.new_context(color_scheme=scheme, **SCREENS[screen])
            tab = context.new_page()
            tab.complaints = []
            tab.requested = []
            tab.on("console", lambda message: tab.complaints.append(message.text))
            tab.on("pageerror", lambda error: tab.complaints.append(str(error)))
            tab.on("request", lambda request: tab.requested.append(request.url))
            tab.goto(address)
            tab.locator("html[data-drawn]").wait_for(state="attached", timeout=30_000)
            opened[screen, scheme] = tab
        return opened[screen, scheme]

    yield go
    for tab in opened.values():
        tab.context.close()


def ground(tab):
    return tab.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")


def width_beyond_screen(tab):
    return tab.locator("html").evaluate("root => root.scrollWidth - window.innerWidth")


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_figure_is_drawn_without_a_complaint(visit, address, screen, scheme):
    tab = visit(screen, scheme)
    assert tab.locator(".plot").count() == 10
    assert tab.locator(".plot:has(.cartesianlayer .xy)").count() == 10
    assert tab.locator(".plot .annotation-text").count() >= 10
    assert tab.complaints == []
    assert tab.requested == [address]
    assert width_beyond_screen(tab) <= 0


@pytest.mark.parametrize("screen", SCREENS)
def test_labels_stay_inside_their_figures(visit, screen):
    tab = visit(screen, "light")
    outside = tab.locator(".plot").evaluate_all(
        """plots => plots.flatMap(plot => {
            const box = plot.getBoundingClientRect();
            return [...plot.querySelectorAll('svg text')].filter(text => {
                const own = text.getBoundingClientRect();
                return own.width > 0 && (own.left < box.left - 2 || own.right > box.right + 2);
            }).map(text => `${plot.id}: ${text.textContent}`);
        })"""
    )
    assert outside == []


@pytest.mark.parametrize("screen", SCREENS)
def test_labels_do_not_cover_each_other(visit, screen):
    tab = visit(screen, "light")
    covered = tab.locator(".plot").evaluate_all(
        """plots => plots.flatMap(plot => {
            const words = [...plot.querySelectorAll(
                '.annotation-text, .xtick text, .ytick text, .x2tick text, .y2tick text, .legendtext'
            )].map(node => [node.textContent, node.getBoundingClientRect()])
              .filter(([, box]) => box.width > 0);
            const found = [];
            words.forEach(([text, a], i) => words.slice(i + 1).forEach(([other, b]) => {
                const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
                const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
                if (wide > 2 && high > 3) found.push(`${plot.id}: ${text} / ${other}`);
            }));
            return found;
        })"""
    )
    assert covered == []


def test_theme_can_be_toggled_and_is_remembered(visit):
    tab = visit("desktop", "light")
    before = ground(tab)
    button = tab.locator("#theme")
    assert button.get_attribute("aria-pressed") == "false"
    button.focus()
    tab.keyboard.press("Enter")
    tab.locator("#theme[aria-pressed=true]").wait_for()
    assert ground(tab) != before
    ink = tab.locator("#plot-profile .xtick text").first.evaluate(
        "node => getComputedStyle(node).fill"
    )
    assert ink == "rgb(155, 168, 189)"
    tab.reload()
    tab.locator("html[data-drawn]").wait_for(state="attached")
    assert ground(tab) != before
    assert tab.complaints == []


def test_keyboard_reaches_the_answer_first(visit):
    tab = visit("phone", "dark")
    tab.keyboard.press("Tab")
    assert tab.locator(":focus").text_content() == "Skip to the answer"


def test_paper_is_light(visit):
    tab = visit("desktop", "dark")
    tab.emulate_media(media="print")
    assert ground(tab) == "rgb(255, 255, 255)"
    assert not tab.locator(".bar").is_visible()
