"""`contagion --model ecosystem` as a user meets it."""

import json

import pytest

from tests.cli.test_commands import assert_one_line

MODEL = ("--model", "ecosystem")


def test_json_is_one_document_and_the_page_is_written(run, tmp_path):
    page = tmp_path / "page.html"
    code, out, _err = run("contagion", "defi-2025", *MODEL, "--json", "--out", page)
    told = json.loads(out)
    assert code == 0
    assert told["model"] == "ecosystem"
    assert told["first"] in told["names"]
    assert page.stat().st_size > 10_000


def test_a_move_is_taken_and_the_terminal_shows_it(run):
    code, out, err = run("contagion", "defi-2025", *MODEL, "--move", -0.05)
    assert (code, err) == (0, "")
    assert "nobody fails" in out


@pytest.mark.parametrize(
    ("words", "match"),
    [
        (("nothing", *MODEL), "defi-2025"),
        (("defi-2025", *MODEL, "--alpha", 0.5), "--alpha"),
        (("defi-2025", *MODEL, "--move", -1), "move"),
        (("defi-2025", "--model", "gamma", "--move", -0.1), "--model ecosystem"),
    ],
)
def test_bad_usage_is_one_line_with_code_2(run, words, match):
    assert_one_line(*run("contagion", *words), match)
