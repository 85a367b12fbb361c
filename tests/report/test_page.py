"""The page: self-contained, escaped, complete."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import msgspec
import pytest

from shortgamma.report.documents import write_report
from shortgamma.report.headline import headline
from shortgamma.report.page import page, plotly_script, unbroken
from shortgamma.report.story import chapters
from tests.report.builders import EVIL, answer, chain, inventory

MOST_BYTES = 7_000_000


class Reader(HTMLParser):
    """Tags with their attributes, text outside scripts, and the text of each script."""

    def __init__(self):
        super().__init__()
        self.tags, self.text, self.scripts = [], [], []
        self.inside = None

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.inside = tag if tag in {"script", "style"} else None
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, _tag):
        self.inside = None

    def handle_data(self, data):
        if self.inside == "script":
            self.scripts[-1] += data
        elif self.inside is None:
            self.text.append(data)


def read(text):
    reader = Reader()
    reader.feed(text)
    return reader


@pytest.fixture(scope="module")
def html(naive):
    return page(naive)


def test_page_is_one_small_document(html):
    assert html.startswith("<!doctype html>")
    assert html.rstrip().endswith("</html>")
    assert len(html.encode()) < MOST_BYTES


def test_page_loads_nothing(html):
    reader = read(html)
    for tag, attributes in reader.tags:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base", "form"}
        assert "src" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
        assert attributes.get("href", "#").startswith("#")
    assert "://" not in html.replace(plotly_script(), "")
    assert "@import" not in html.replace(plotly_script(), "")
    assert "url(" not in html.replace(plotly_script(), "")


def test_policy_admits_exactly_the_scripts_of_the_page(html):
    reader = read(html)
    (policy,) = [a["content"] for t, a in reader.tags if a.get("http-equiv")]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert policy.count("'sha256-") == 2
    assert "unsafe-eval" not in policy
    assert "script-src 'unsafe-inline'" not in policy
    assert [a.get("type") for t, a in reader.tags if t == "script"] == [
        "application/json",
        None,
        None,
    ]


def test_figures_survive_the_round_trip(html, naive):
    document = msgspec.json.decode(read(html).scripts[0].encode())
    panels = [panel for chapter in chapters(naive) for panel in chapter.panels]
    assert list(document["figures"]) == [panel.name for panel in panels]
    assert set(document["templates"]) == {"light", "dark"}
    for panel in panels:
        assert document["figures"][panel.name] == panel.figure(naive)


def test_every_answer_makes_a_page(every):
    text = " ".join(read(page(every)).text)
    assert headline(every).replace("\xa0", " ") in text.replace("\xa0", " ")
    assert "nan" not in re.findall(r"\w+", text)
    assert "None" not in text
    assert every.positioning.description.split(";")[0] in text


def test_names_from_data_are_escaped():
    names = [EVIL] + [f"x{i}" for i in range(len(chain()) - 1)]
    evil = chain(names=names, venue=EVIL)
    made = inventory(EVIL, "<b>&customers", weights=(1.0, -1.0), of=evil)
    html = page(answer(made, of=replace(evil, underlying="<i>BTC")))
    assert "<script>alert" not in html
    assert "<i>BTC" not in html.split('<script type="application/json"')[0]
    assert "<b>&customers" not in html
    assert "&lt;script&gt;alert(1)" in html
    assert len(read(html).scripts) == 3


def test_quarantine_has_reasons_counts_and_examples(html):
    text = " ".join(read(html).text)
    for words in ("expired", "vol outside (0 %, 500 %]", "BTC-1JAN26-90000-C", "vol 900 %"):
        assert words in text


def test_assumptions_are_marked(html):
    assert html.count('<span class="origin assumed">(A)</span>') >= 6
    text = " ".join(read(html).text).replace("\xa0", " ")
    for words in ("300 M$ per 1 %", "sticky-strike", "Beta weight 4", "Method version"):
        assert words in text


def test_a_given_depth_is_no_assumption():
    html = page(answer(depth_usd_per_pct=123e6))
    row = re.search(r"<tr><th[^>]*>Depth</th><td><span class=\"origin (\w+)\"", html)
    assert row is not None
    assert row.group(1) == "given"


def test_page_can_be_read_by_ear(html):
    reader = read(html)
    plots = [a for t, a in reader.tags if a.get("class") == "plot"]
    assert len(plots) == 10
    assert all(a["role"] == "img" and len(a["aria-label"]) > 20 for a in plots)
    identifiers = [a["id"] for _t, a in reader.tags if "id" in a]
    assert len(identifiers) == len(set(identifiers))
    targets = [a["href"][1:] for t, a in reader.tags if t == "a"]
    assert set(targets) <= set(identifiers)
    assert [t for t, _a in reader.tags].count("h1") == 1


def test_numbers_keep_their_units_on_one_line():
    assert (
        unbroken("at 300 M$ depth per 1 % <b>")
        == "at 300&nbsp;M$ depth per&nbsp;1&nbsp;% &lt;b&gt;"
    )


def test_write_report(naive, tmp_path):
    target = tmp_path / "page.html"
    write_report(naive, str(target))
    assert target.read_text(encoding="utf-8") == page(naive)
