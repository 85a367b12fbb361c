"""Executes the notebooks of ``examples/`` in place, so that their outputs are those of this version."""

from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = tuple(sorted((Path(__file__).resolve().parents[1] / "examples").glob("*.ipynb")))


def executed(path: Path) -> nbformat.NotebookNode:
    """The notebook after a fresh run of all its cells; a cell that fails raises."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": path.parent}}).execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    return notebook


if __name__ == "__main__":
    for notebook in NOTEBOOKS:
        nbformat.write(executed(notebook), notebook)
