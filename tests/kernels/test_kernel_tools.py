"""The tools that make the kernels' coefficients and flip the kernels' signs."""

import ast
from pathlib import Path

import pytest

from tools import fit_kernels, mutate

KERNELS = Path(fit_kernels.KERNELS)
SOURCE = b"""\
def f(a, b):
    a += b
    c = -a * (b
              - 1.0)
    return a * b
"""


@pytest.mark.slow
def test_the_coefficients_in_the_sources_are_the_fitted_ones(capsys):
    assert fit_kernels.main() == 0
    assert "NOT in" not in capsys.readouterr().out


def test_every_kind_of_sign_is_flipped_once(tmp_path):
    file = tmp_path / "f.py"
    file.write_bytes(SOURCE)
    found = [(mutant.kind, mutant.line) for mutant in mutate.mutants_of(file)]
    assert found == [("swap", 2), ("drop", 3), ("swap", 4), ("negate", 5)]
    changed = [mutant.apply(SOURCE).splitlines() for mutant in mutate.mutants_of(file)]
    assert changed[0][1] == b"    a -= b"
    assert changed[1][2] == b"    c = a * (b"
    assert changed[2][3] == b"              + 1.0)"
    assert changed[3][4] == b"    return -(a * b)"


@pytest.mark.parametrize("name", ["black", "elementary", "implied", "profile"])
def test_every_mutant_of_a_kernel_is_python_and_another_program(name):
    file = KERNELS / f"{name}.py"
    source = file.read_bytes()
    original = ast.dump(ast.parse(source))
    programs = {ast.dump(ast.parse(mutant.apply(source))) for mutant in mutate.mutants_of(file)}
    assert original not in programs
    assert len(programs) == len(mutate.mutants_of(file))
