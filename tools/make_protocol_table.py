"""The table of all mechanisms on docs/protocols/index.md, made from the registry.

Run it as ``.venv/bin/python tools/make_protocol_table.py`` after a mechanism was added or changed.
"""

from pathlib import Path

from shortgamma.protocols.mechanism import Mechanism
from shortgamma.protocols.registry import MECHANISMS

PAGE = Path(__file__).parents[1] / "docs" / "protocols" / "index.md"
HEAD = "| mechanism | what | gamma | who hedges | verified |"
RULE = "|---|---|---|---|---|"
BAR = r"\|"
EXACT = "-exact"


def row(found: Mechanism) -> str:
    """One line of the table."""
    verified = "yes" if found.origin.verified else "no"
    name = f"[{found.name}]({page_name(found.name)}.md)"
    cells = (name, found.title, found.gamma, found.hedger, verified)
    return f"| {' | '.join(cell.replace('|', BAR) for cell in cells)} |"


def page_name(name: str) -> str:
    """The page of a mechanism; one in whole numbers may share that of the one in floats."""
    return name if (PAGE.parent / f"{name}.md").exists() else name.removesuffix(EXACT)


def table() -> str:
    """The whole table, in alphabetical order."""
    return "\n".join([HEAD, RULE, *(row(MECHANISMS[name]) for name in sorted(MECHANISMS))])


def with_table(page: str) -> str:
    """The page with its table made anew: from the head to the next empty line."""
    before, _, rest = page.partition(HEAD)
    _, gap, after = rest.partition("\n\n")
    return f"{before}{table()}{gap}{after}"


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
