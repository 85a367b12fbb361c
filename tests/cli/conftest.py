"""How every test of the command line runs it."""

import sys

import pytest

from shortgamma import cli


@pytest.fixture
def run(monkeypatch, capsys):
    """Runs a command line in this process: exit code, stdout, stderr."""

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["shortgamma", *map(str, words)])
        try:
            cli.main()
            code = 0
        except SystemExit as stop:
            code = stop.code or 0
        return code, *capsys.readouterr()

    return call
