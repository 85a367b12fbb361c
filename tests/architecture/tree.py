"""The project's files, as the rules look at them."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "src/shortgamma/"
UNTRACKED = {".git", ".venv", "site", "build", "dist", "node_modules", "__pycache__"}


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file.

    Args:
        path: From the root of the project, with forward slashes.
        text: What is in it.
    """

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def room(self) -> str:
        """First folder of the package; empty for a module beside the rooms or outside the package."""
        inner = self.path.removeprefix(PACKAGE)
        return inner.split("/")[0] if inner != self.path and "/" in inner else ""

    @property
    def name(self) -> str:
        """Dotted, from the package on: ``kernels.black``, ``kernels`` for its ``__init__``."""
        inner = self.path.removeprefix(PACKAGE).removesuffix(".py").removesuffix("__init__")
        return inner.strip("/").replace("/", ".")

    def functions(self) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef, bool]]:
        """Qualified name, node, and whether it is a method; functions inside functions are left out."""
        yield from functions_of(self.tree.body, self.name, inside_class=False)


def functions_of(
    body: list[ast.stmt], prefix: str, *, inside_class: bool
) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef, bool]]:
    for node in body:
        name = f"{prefix}.{node.name}" if hasattr(node, "name") else prefix
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield name, node, inside_class
        elif isinstance(node, ast.ClassDef):
            yield from functions_of(node.body, name, inside_class=True)


@cache
def files() -> tuple[str, ...]:
    """Every file that is, or would be, committed."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode == 0:
        names = {name for name in listing.stdout.split("\0") if (ROOT / name).is_file()}
    else:  # an unpacked archive
        names = {
            path.relative_to(ROOT).as_posix()
            for path in ROOT.rglob("*")
            if path.is_file() and not UNTRACKED & set(path.relative_to(ROOT).parts)
        }
    return tuple(sorted(names))


@cache
def texts() -> tuple[tuple[str, str], ...]:
    """Path and content of every file that is text."""
    found: list[tuple[str, str]] = []
    for name in files():
        content = (ROOT / name).read_bytes()
        if b"\0" not in content:
            found.append((name, content.decode()))
    return tuple(found)


@cache
def modules() -> tuple[Module, ...]:
    """Every Python file of the project."""
    return tuple(Module(name, text) for name, text in texts() if name.endswith(".py"))


@cache
def package() -> tuple[Module, ...]:
    """The Python files of the package itself."""
    return tuple(module for module in modules() if module.path.startswith(PACKAGE))
