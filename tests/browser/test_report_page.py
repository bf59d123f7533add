"""The report in a real browser: it draws, asks for nothing, and can be read by eye, keyboard and printer."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import bposim
from bposim.analysis.summary import summarise
from bposim.report.html.document import page, story_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from browser.conftest import Watched

SCENARIO = Path(__file__).parents[2] / "scenarios" / "customer-support.yaml"
SMALL = Path(__file__).parents[1] / "data" / "small.yaml"

SECTIONS = ["answer", "conditions", "status", "pictures", "figures", "assumptions", "method", "repeat"]
CHARTS = ["savings", "s-curves", "fan", "waterfall", "tornado", "losses", "tail", "frontier"]

IMAGE = '<img src=x onerror="window.hit=1">'
SCRIPT = "</script><script>window.hit=1</script>"
COMMENT = "<!--<script>"
FORMULA = "=cmd|' /C calc'!A0"
BACKWARDS = "\u202eexe.yrots\u202c"
LONG = "a-name-without-a-space-" * 12

CONTRAST = """
() => {
  const channel = (value) => {
    const c = value / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const parse = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const over = (top, below) => {
    const alpha = top.length > 3 ? top[3] : 1;
    return [0, 1, 2].map((i) => alpha * top[i] + (1 - alpha) * below[i]);
  };
  const paper = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      layers.push(parse(getComputedStyle(at).backgroundColor));
    }
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255]);
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  let count = 0;
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || seen.has(element)) continue;
    seen.add(element);
    if (element.closest("script, style, noscript, title") || !element.getClientRects().length) continue;
    const style = getComputedStyle(element);
    // In a chart the rim of paper around a word is no word.
    const inChart = element instanceof SVGElement;
    if (inChart && style.fill === style.stroke) continue;
    const below = paper(element);
    const ink = over(parse(inChart ? style.fill : style.color), below);
    const [high, low] = [light(ink), light(below)].sort((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05);
    count += 1;
    const words = walker.currentNode.data.trim().slice(0, 40);
    if (ratio < 4.5) poor.push(`${ratio.toFixed(2)} ${element.tagName} ${words}`);
  }
  return { poor, count };
}
"""


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of a report of a real scenario."""
    result = bposim.simulate(bposim.load(SCENARIO), trials=4_096, seed=1)
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(page(story_of(result, summarise(result))), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of a report of a scenario whose every text tries to be something else."""
    folder = tmp_path_factory.mktemp("hostile")
    text = SMALL.read_text(encoding="utf-8")
    text = re.sub("(?m)^title:.*$", lambda _: f"title: {json.dumps(SCRIPT + FORMULA)}", text)
    text = text.replace("owner: FP&A", f"owner: {json.dumps(COMMENT)}, status: {json.dumps(IMAGE)}")
    text = text.replace("demand plan 2026", json.dumps(f"{IMAGE}{BACKWARDS}"))
    text = text.replace("  manila:", f"  {json.dumps(IMAGE)}:").replace(
        "like: manila", f"like: {json.dumps(IMAGE)}"
    )
    text = text.replace("  blend:", f"  {json.dumps(LONG)}:")
    text = text.replace("manila.price", '"alternatives.*.price"')
    (folder / "hostile.yaml").write_text(re.sub("(?m)^correlations:.*$", "", text), encoding="utf-8")
    result = bposim.simulate(bposim.load(folder / "hostile.yaml"), trials=2_048, seed=1)
    path = folder / "report.html"
    path.write_text(page(story_of(result, summarise(result))), encoding="utf-8")
    return path.as_uri()


def test_nothing_goes_wrong_and_nothing_is_asked_for(report: str, watched: Callable[..., Watched]) -> None:
    """Protects a page that opens behind any firewall: no error, no request, nothing that its policy stops."""
    seen = watched(report)
    seen.page.wait_for_timeout(200)
    assert seen.errors == []
    assert seen.violations == []
    assert seen.requests == [report]


def test_every_section_is_there_in_its_order(report: str, watched: Callable[..., Watched]) -> None:
    """Protects the order in which a board reads, and contents that lead somewhere."""
    tab = watched(report).page
    assert tab.eval_on_selector_all("main > section", "all => all.map(one => one.id)") == SECTIONS
    assert tab.eval_on_selector_all("figure", "all => all.map(one => one.id)") == CHARTS
    missing = tab.eval_on_selector_all(
        "nav a", "all => all.filter(one => !document.querySelector(one.hash)).map(one => one.hash)"
    )
    assert missing == []
    assert tab.locator("h1").count() == 1


def test_every_chart_is_drawn_and_has_words_and_a_table(report: str, watched: Callable[..., Watched]) -> None:
    """Protects against an empty box: marks inside, a name and a description, figures behind."""
    tab = watched(report).page
    charts = tab.evaluate(
        """() => [...document.querySelectorAll("[data-chart]")].map((place) => ({
          chart: place.dataset.chart,
          marks: place.querySelectorAll("svg .mark-rect path, svg .mark-line path, svg .mark-symbol path, "
            + "svg .mark-area path").length,
          wide: place.querySelector("svg")?.getBoundingClientRect().width ?? 0,
          within: place.clientWidth,
          name: place.getAttribute("aria-label"),
          words: document.getElementById(place.getAttribute("aria-describedby"))?.textContent ?? "",
          rows: place.closest("figure").querySelectorAll("details tbody tr").length,
        }))"""
    )
    assert len(charts) >= len(CHARTS)
    for chart in charts:
        assert chart["marks"] >= 2, chart
        assert 300 < chart["wide"] <= chart["within"] + 1, chart
        assert chart["name"], chart
        assert len(chart["words"]) > 60, chart
        assert chart["rows"] >= 3, chart


def test_hostile_labels_are_only_text(hostile: str, watched: Callable[..., Watched]) -> None:
    """Protects whoever opens a report of a file from somebody else."""
    seen = watched(hostile)
    tab = seen.page
    tab.wait_for_timeout(200)
    assert tab.evaluate("window.hit") is None
    assert tab.locator("img, iframe, object, embed").count() == 0
    assert tab.locator("script").count() == 3  # the result, the charts, and our own code
    assert tab.inner_text("h1") == SCRIPT + FORMULA
    assert IMAGE in tab.inner_text("#status")
    assert tab.evaluate(
        "Object.keys(JSON.parse(document.getElementById('bposim-result').textContent).alternatives)"
    ) == [
        "in-house",
        IMAGE,
        LONG,
    ]
    assert "\u202e" not in tab.content().split('id="bposim-result"')[0]
    assert tab.evaluate("document.documentElement.scrollWidth") <= 1280
    assert seen.errors == []
    assert seen.violations == []
    assert seen.requests == [hostile]


def test_it_can_be_read_by_keyboard(report: str, watched: Callable[..., Watched]) -> None:
    """Protects readers without a pointer: skip link, colours, tables, filter."""
    tab = watched(report).page
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "answer"
    tab.focus("#theme")
    before = tab.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    tab.keyboard.press("Enter")
    assert tab.get_attribute("#theme", "aria-pressed") == "true"
    assert tab.evaluate("getComputedStyle(document.documentElement).backgroundColor") != before
    tab.focus("#savings summary")
    tab.keyboard.press("Enter")
    assert tab.locator("#savings details").get_attribute("open") is not None
    assert tab.locator("#savings details table").is_visible()
    rows = "table.assumed tbody tr:not([hidden])"
    total = tab.locator(rows).count()
    tab.focus("#filter")
    tab.keyboard.type("krakow price")
    kept = tab.locator(rows).count()
    assert 0 < kept < total
    assert tab.inner_text("#filtered") == f"{kept} of {total}"
    tab.fill("#filter", "grade P")
    graded = tab.eval_on_selector_all(
        rows, "all => all.map(row => row.querySelector('[data-grade]').dataset.grade)"
    )
    assert graded
    assert all("P" in grade.split() for grade in graded)


def test_focus_follows_the_order_of_the_page(report: str, watched: Callable[..., Watched]) -> None:
    """Protects from a focus that jumps: no positive tabindex, and contents come before what they lead to."""
    tab = watched(report).page
    assert tab.locator("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").count() == 0
    found = []
    for _ in range(6):
        tab.keyboard.press("Tab")
        found.append(tab.evaluate("document.activeElement.id || document.activeElement.hash"))
    assert found == ["#answer", "theme", "#answer", "#conditions", "#status", "#pictures"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(scheme: str, report: str, watched: Callable[..., Watched]) -> None:
    """Protects readability: WCAG 2 AA, 4.5 to 1 for every word, those of the charts too."""
    tab = watched(report, color_scheme=scheme).page
    tab.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true; })")
    found: dict[str, Any] = tab.evaluate(CONTRAST)
    assert found["count"] > 500
    assert found["poor"] == []


def test_the_toggle_turns_the_charts_too(report: str, watched: Callable[..., Watched]) -> None:
    """Protects against black on black: a chart's colours follow the page's."""
    tab = watched(report, color_scheme="light").page
    ink = "getComputedStyle(document.querySelector('#s-curves svg .role-axis-label text')).fill"
    light = tab.evaluate(ink)
    tab.click("#theme")
    assert tab.evaluate(ink) != light
    tab.click("#theme")
    assert tab.evaluate(ink) == light


def test_hovering_tells_figures_and_the_wheel_scrolls(report: str, watched: Callable[..., Watched]) -> None:
    """Protects the two things a chart on a page must do: answer the pointer, and not catch the wheel."""
    tab = watched(report).page
    chart = tab.locator("#savings [data-chart]").first
    chart.scroll_into_view_if_needed()
    tab.locator("#savings .mark-rect path").nth(8).hover()
    tip = tab.locator("#tip")
    assert tip.is_visible()
    assert re.search(r"Saving .*Futures \d", tip.inner_text().replace("\n", " "))
    labels = (
        "[...document.querySelectorAll('#savings [data-chart] .role-axis-label text')]"
        ".map(text => text.textContent).join()"
    )
    before, top = tab.evaluate(labels), tab.evaluate("scrollY")
    tab.mouse.wheel(0, 200)
    tab.wait_for_timeout(400)
    assert tab.evaluate("scrollY") > top
    assert tab.evaluate(labels) == before
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box is not None
    tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tab.keyboard.down("Control")
    tab.mouse.wheel(0, -400)
    tab.keyboard.up("Control")
    tab.wait_for_timeout(300)
    assert tab.evaluate(labels) != before


def test_it_prints_on_paper(report: str, watched: Callable[..., Watched], tmp_path: Path) -> None:
    """Protects the PDF for the board: light colours whatever the screen has, nothing wider than the paper."""
    tab = watched(report, color_scheme="dark").page
    content = tab.pdf(path=tmp_path / "report.pdf", format="A4")
    assert (
        4
        <= content.count(b"/Type /Page\n") + content.count(b"/Type /Page ") + content.count(b"/Type /Page/")
        <= 30
    )
    tab.emulate_media(media="print")
    assert tab.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert not tab.locator("nav").is_visible()
    assert not tab.locator("#theme").is_visible()
    tab.set_viewport_size({"width": 688, "height": 1000})  # A4 less its margins
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    tab.wait_for_timeout(300)
    wide = tab.eval_on_selector_all(
        "figure svg, section table, .box, .advice",
        "all => all.filter(one => one.getBoundingClientRect().right > 690)"
        ".map(one => one.outerHTML.slice(0, 80))",
    )
    assert wide == []


@pytest.mark.parametrize("width", [360, 820])
def test_it_fits_a_phone(width: int, report: str, watched: Callable[..., Watched]) -> None:
    """Protects from sideways scrolling: only tables scroll, inside their own box."""
    tab = watched(report, viewport={"width": width, "height": 800}).page
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    cut = tab.eval_on_selector_all(
        "figure svg",
        "all => all.filter(one => one.getBoundingClientRect().right > innerWidth).length",
    )
    assert cut == 0


def test_it_can_be_read_without_scripts(report: str, watched: Callable[..., Watched]) -> None:
    """Protects mail readers and the cautious: everything that charts show is in tables."""
    tab = watched(report, java_script_enabled=False).page
    assert tab.locator(".panels").first.is_hidden()
    assert tab.locator("noscript").first.is_visible()
    assert "runs no scripts" in tab.inner_text("#pictures")
    tab.click("#savings summary")
    assert tab.locator("#savings details table").is_visible()
    assert "USD" in tab.inner_text("#answer")
