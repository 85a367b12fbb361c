"""The house rules as functions from sources to findings; an empty list of findings is a pass."""

import ast
import re
from collections.abc import Iterable, Iterator

from tests.architecture.tree import Module

SOFT_FILE, HARD_FILE = 400, 600
SOFT_BODY, HARD_BODY = 30, 60
MOST_ARGUMENTS, MOST_POSITIONAL = 6, 2
MOST_BYTES = 1_000_000
VAGUE = {"utils", "util", "common", "helpers", "helper", "manager", "misc"}

# One letter of each word stands in brackets, so that this file passes its own rules.
OPEN_ENDS = re.compile(r"\b(?:[T]ODO|[F]IXME|[X]XX)\b")
MACHINE_PATHS = re.compile(r"(?<![\w.~/-])/(?:[r]oot|[h]ome|[w]ork|[U]sers)/\w")
REGISTRIES = re.compile(
    r"[p]ypi\.org|[p]ythonhosted\.|[n]pmjs\.|[y]arnpkg\.|[d]eb\.debian\.|[a]naconda\.org"
    r"|[p]roxy\.golang\.|[c]rates\.io"
)


def length(text: str) -> int:
    return len(text.splitlines())


def long_files(modules: Iterable[Module]) -> dict[str, int]:
    """Lines of each file beyond the soft limit."""
    return {m.path: length(m.text) for m in modules if length(m.text) > SOFT_FILE}


def body_length(node: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> int:
    """Lines of code: without the docstring, blank lines and comments."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    if not body:
        return 0
    code = lines[body[0].lineno - 1 : node.end_lineno]
    return sum(1 for line in code if line.strip() and not line.strip().startswith("#"))


def long_functions(modules: Iterable[Module]) -> dict[str, int]:
    """Lines of code of each function beyond the soft limit."""
    sizes: dict[str, int] = {}
    for module in modules:
        lines = module.text.splitlines()
        for name, node, _method in module.functions():
            size = body_length(node, lines)
            if size > SOFT_BODY:
                sizes[name] = size
    return sizes


def is_compiled(module: Module, name: str) -> bool:
    """True where Numba compiles the function."""
    return any(
        "njit" in ast.unparse(decorator)
        for found, node, _method in module.functions()
        for decorator in node.decorator_list
        if found == name
    )


def used_elsewhere(modules: Iterable[Module]) -> set[str]:
    """Dotted names that a room imports from another: what a room offers to the rest."""
    names: set[str] = set()
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("shortgamma."):
                source = (node.module or "").removeprefix("shortgamma.")
                if source.split(".")[0] != module.room:
                    names |= {f"{source}.{alias.name}" for alias in node.names}
    return names


def argument_findings(modules: Iterable[Module]) -> dict[str, str]:
    """Functions with too many arguments, or offered to other rooms with too many by position."""
    modules = list(modules)
    offered = used_elsewhere(modules)
    found: dict[str, str] = {}
    for module in modules:
        for name, node, method in module.functions():
            inner = node.name.startswith("_")
            positional = len(node.args.posonlyargs) + len(node.args.args) - method
            total = positional + len(node.args.kwonlyargs)
            public = name in offered or (
                method and name.rpartition(".")[0] in offered and not inner
            )
            if total > MOST_ARGUMENTS and not is_command(node):
                found[name] = f"{total} arguments"
            elif public and positional > MOST_POSITIONAL:
                found[name] = f"{positional} arguments by position"
    return found


def is_command(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """True for a command: its arguments are the flags that the user sees."""
    return any("command" in ast.unparse(decorator) for decorator in node.decorator_list)


def without_docstring(modules: Iterable[Module]) -> Iterator[str]:
    """Modules, public classes and public functions that do not say what they are."""
    for module in modules:
        if ast.get_docstring(module.tree) is None:
            yield module.path
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef) and ast.get_docstring(node) is None:
                yield f"{module.path}: {node.name}"
        for name, node, _method in module.functions():
            if not node.name.startswith("_") and ast.get_docstring(node) is None:
                yield f"{module.path}: {name}"


def vague_names(paths: Iterable[str]) -> Iterator[str]:
    """Files and folders whose name says nothing."""
    for path in paths:
        if VAGUE & {part.removesuffix(".py").lower() for part in path.split("/")}:
            yield path


def matches(pattern: re.Pattern[str], texts: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Place and line of each match."""
    for path, text in texts:
        for number, line in enumerate(text.splitlines(), start=1):
            if pattern.search(line):
                yield f"{path}:{number}: {line.strip()[:100]}"


def mute_input_errors(modules: Iterable[Module]) -> Iterator[str]:
    """Places that refuse an input and say neither where it stands nor what to do about it."""
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                given = {keyword.arg for keyword in node.exc.keywords}
                refuses = ast.unparse(node.exc.func).endswith("InputError")
                if refuses and not given & {"place", "remedy", None}:
                    yield f"{module.path}:{node.lineno}"


def heavy(sizes: Iterable[tuple[str, int]]) -> Iterator[str]:
    """Files that are too large to keep in the history."""
    return (f"{path}: {size} bytes" for path, size in sizes if size > MOST_BYTES)
