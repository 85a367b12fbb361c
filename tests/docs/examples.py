"""The Python blocks of the documentation."""

import re
from dataclasses import dataclass

from tests.architecture.tree import ROOT

FENCE = re.compile(r"^```python[^\n]*\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Example:
    """One fenced block.

    Args:
        page: From the root of the project.
        line: Line of its first statement, the first of the page being 1.
        code: What it says.
    """

    page: str
    line: int
    code: str


def examples_of(page: str, text: str) -> list[Example]:
    """The blocks of one page, from top to bottom."""
    return [
        Example(page, text.count("\n", 0, match.start(1)) + 1, match[1])
        for match in FENCE.finditer(text)
    ]


def pages() -> list[str]:
    """Every page that may carry examples."""
    found = [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


def run(examples: list[Example]) -> None:
    """Runs the blocks in one namespace, in order; errors point to the line of the page."""
    names: dict[str, object] = {"__name__": "__main__"}
    for example in examples:
        source = "\n" * (example.line - 1) + example.code
        exec(compile(source, example.page, "exec"), names)  # noqa: S102  that is what it is for
