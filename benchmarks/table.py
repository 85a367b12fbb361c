"""The rows of the result, on the terminal and in ``benchmarks/README.md``."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path

from rich.console import Console
from rich.table import Table

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
WIDTH = 190  # where the output is not a terminal


class Verdict(StrEnum):
    """What became of a target; a row without one informs."""

    MET = "met"
    MISSED = "MISSED"
    SKIPPED = "skipped"
    NONE = ""


STYLES = {
    Verdict.MET: "green",
    Verdict.MISSED: "bold red",
    Verdict.SKIPPED: "yellow",
    Verdict.NONE: "",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table, as text."""

    task: str
    size: str
    peer: str
    ours: str
    theirs: str
    ratio: str
    target: str
    verdict: Verdict

    @classmethod
    def skipped(cls, task: str, peer: str, reason: str) -> "Row":
        """A comparison that could not be made."""
        return cls(
            task=task,
            size="",
            peer=peer,
            ours="",
            theirs="",
            ratio=reason,
            target="",
            verdict=Verdict.SKIPPED,
        )

    def cells(self) -> list[str]:
        """The texts in the order of :data:`HEADINGS`."""
        return [str(getattr(self, field.name)) for field in fields(self)]


HEADINGS = (
    "task",
    "options",
    "against",
    "ours",
    "theirs",
    "ratio (median ± MAD)",
    "target",
    "verdict",
)


def console() -> Console:
    """Stdout, wide enough for the table where it is a file or a pipe."""
    plain = Console()
    return plain if plain.is_terminal else Console(width=WIDTH)


def as_table(rows: Iterable[Row]) -> Table:
    """For the terminal."""
    table = Table(title="shortgamma kernels")
    for heading in HEADINGS:
        right = heading in {"options", "ours", "theirs"}
        table.add_column(heading, justify="right" if right else "left", overflow="fold")
    last = ""
    for row in rows:
        if last not in {"", row.task}:
            table.add_section()
        last = row.task
        table.add_row(*row.cells(), style=STYLES[row.verdict])
    return table


def as_markdown(header: Iterable[str], rows: Iterable[Row]) -> str:
    """For the README."""
    lines = [f"- {line}" for line in header]
    lines += ["", f"| {' | '.join(HEADINGS)} |", f"|{' --- |' * len(HEADINGS)}"]
    lines += [f"| {' | '.join(row.cells())} |" for row in rows]
    return "\n".join(lines)


def replaced(document: str, measured: str) -> str:
    """The document with ``measured`` between its two markers."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{measured}\n{END}{after}"


def write(header: Iterable[str], rows: Iterable[Row]) -> None:
    """Rewrites the table in ``benchmarks/README.md``."""
    document = README.read_text(encoding="utf-8")
    README.write_text(replaced(document, as_markdown(header, rows)), encoding="utf-8")
