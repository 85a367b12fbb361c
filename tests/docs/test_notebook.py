"""The notebook runs, and what it shows is what this version answers."""

import nbformat

from tools.run_notebook import NOTEBOOK, executed


def printed(notebook):
    """The text that each cell prints."""
    return [
        "".join(output.get("text", "") for output in cell.get("outputs", []))
        for cell in notebook.cells
    ]


def test_the_committed_outputs_are_those_of_this_version():
    committed = nbformat.read(NOTEBOOK, as_version=4)
    assert printed(executed(NOTEBOOK)) == printed(committed)
    assert any(printed(committed))
