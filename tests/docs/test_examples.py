"""Every example of the documentation runs, and so does every one in a docstring."""

import doctest
import importlib

import pytest

from tests.architecture.tree import ROOT, package
from tests.docs.examples import examples_of, pages, run

WITH_EXAMPLES = [page for page in pages() if examples_of(page, (ROOT / page).read_text())]
WITH_DOCTESTS = sorted(
    "shortgamma." + module.name if module.name else "shortgamma"
    for module in package()
    if ">>> " in module.text
)


@pytest.mark.parametrize("page", WITH_EXAMPLES)
def test_examples_of_the_page_run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run(examples_of(page, (ROOT / page).read_text()))


@pytest.mark.parametrize("name", WITH_DOCTESTS)
def test_examples_in_docstrings_run(name):
    result = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert result.attempted > 0
    assert result.failed == 0


def test_the_pages_that_must_be_executed_are():
    assert {"docs/signs.md", "docs/conventions.md"} <= set(WITH_EXAMPLES)


def test_a_wrong_example_fails_at_its_line():
    page = "Text.\n\n```python\nx = 1\nassert x == 2\n```\n"
    with pytest.raises(AssertionError) as caught:
        run(examples_of("page.md", page))
    last = caught.traceback[-1]
    assert (str(last.path), last.lineno + 1) == ("page.md", 5)


def test_blocks_of_one_page_share_their_names():
    run(examples_of("page.md", "```python\nx = 1\n```\n\n```python\nassert x == 1\n```\n"))
