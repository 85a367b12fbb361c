"""A user at the terminal, in this process."""

import json
import sys
from dataclasses import dataclass

import pytest

from shortgamma import cli


@dataclass(frozen=True)
class Answer:
    code: object
    out: str
    err: str

    @property
    def document(self):
        def refuse(constant):
            raise AssertionError(f"{constant} is not JSON")

        assert self.code == 0, self.err
        return json.loads(self.out, parse_constant=refuse)

    @property
    def refusal(self):
        """The one line of a refusal: exit code 2, nothing on stdout, no traceback."""
        assert self.code == 2
        assert not self.out
        assert self.err.endswith("\n")
        assert self.err.count("\n") == 1
        assert "Traceback" not in self.err
        return self.err


@pytest.fixture
def run(monkeypatch, capsys):
    def call(*words):
        monkeypatch.setattr(sys, "argv", ["shortgamma", *map(str, words)])
        capsys.readouterr()
        try:
            cli.main()
            code = 0
        except SystemExit as stop:
            code = stop.code or 0
        said = capsys.readouterr()
        return Answer(code, said.out, said.err)

    return call


@pytest.fixture
def chain(tmp_path):
    """Writes a canonical chain from rows of cells and returns its path."""

    def write(rows, header="kind,strike,years,forward,mark_vol,open_interest", name="chain.csv"):
        path = tmp_path / name
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return path

    return write
