"""The notebooks run, and what they show is what this version answers."""

import nbformat
import pytest

from tools.run_notebook import NOTEBOOKS, executed


def printed(notebook):
    """The text that each cell prints."""
    return [
        "".join(output.get("text", "") for output in cell.get("outputs", []))
        for cell in notebook.cells
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_committed_outputs_are_those_of_this_version(path):
    committed = nbformat.read(path, as_version=4)
    assert printed(executed(path)) == printed(committed)
    assert any(printed(committed))
