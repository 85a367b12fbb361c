"""The documentation builds without a warning and loads nothing from elsewhere."""

import os
import re
import subprocess
import sys

import pytest

from tests.architecture.tree import ROOT

LOADS = re.compile(
    r"<(?:script|img|iframe|source|audio|video|embed)\b[^>]*\bsrc=[\"']?(?:https?:)?//"
    r"|<link\b(?=[^>]*\brel=[\"']?(?:stylesheet|preconnect|preload|dns-prefetch|icon))"
    r"[^>]*\bhref=[\"']?(?:https?:)?//"
)


def test_the_site_builds_and_loads_nothing_from_elsewhere(tmp_path):
    build = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", tmp_path],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert build.returncode == 0, build.stderr
    pages = list(tmp_path.rglob("*.html"))
    assert pages
    assert {page.name for page in pages if LOADS.search(page.read_text())} == set()


@pytest.mark.parametrize(
    "tag",
    [
        '<script src="https://host/x.js">',
        "<img alt=x src=//host/x.png>",
        '<link href="https://fonts.host/css" rel="stylesheet">',
        '<link rel="preconnect" href="https://host">',
    ],
)
def test_a_foreign_load_is_noticed(tag):
    assert LOADS.search(tag)


def test_a_link_is_not_a_load():
    assert not LOADS.search('<link rel="canonical" href="https://host/"><a href="https://host/">')
