"""The tree obeys the house rules, and every rule can be broken."""

import re

import pytest

from tests.architecture import rules
from tests.architecture.exceptions import (
    LONG_FILES,
    LONG_FUNCTIONS,
    MANY_ARGUMENTS,
    POSITIONAL_ROOMS,
)
from tests.architecture.tree import PACKAGE, ROOT, Module, files, modules, package, texts

URL = re.compile(r"://|@ file|--(?:extra-)?index-url|--find-links")


def module(text: str, path: str = "src/shortgamma/market/chain.py") -> Module:
    return Module(path, text)


def function(statements: int, arguments: str = "") -> str:
    body = "\n".join(f"    x = {number}" for number in range(statements))
    return f'def area({arguments}):\n    """Area."""\n    # why\n\n{body}\n'


def test_files_are_short():
    found = rules.long_files(modules())
    assert {path: lines for path, lines in found.items() if path not in LONG_FILES} == {}
    assert [path for path, lines in found.items() if lines > rules.HARD_FILE] == []


def test_functions_are_short():
    found = rules.long_functions(package())
    compiled = {n for m in package() for n, _f, _m in m.functions() if rules.is_compiled(m, n)}
    assert {n: size for n, size in found.items() if n not in LONG_FUNCTIONS} == {}
    assert {n for n, size in found.items() if size > rules.HARD_BODY} <= compiled


def test_functions_take_few_arguments():
    found = {
        name: what
        for name, what in rules.argument_findings(package()).items()
        if name not in MANY_ARGUMENTS and name.split(".")[0] not in POSITIONAL_ROOMS
    }
    assert found == {}


def test_exceptions_are_still_needed():
    needed = {
        *rules.long_files(modules()),
        *rules.long_functions(package()),
        *rules.argument_findings(package()),
    }
    assert {*LONG_FILES, *LONG_FUNCTIONS, *MANY_ARGUMENTS} - needed == set()


def test_everything_public_says_what_it_is():
    assert list(rules.without_docstring(package())) == []


def test_every_room_introduces_itself():
    rooms = {m.room for m in package() if m.room}
    introduced = {m.room for m in package() if m.path == f"{PACKAGE}{m.room}/__init__.py"}
    assert rooms == introduced


def test_names_say_what_is_inside():
    assert list(rules.vague_names(files())) == []


def test_nothing_is_left_open():
    assert list(rules.matches(rules.OPEN_ENDS, texts())) == []


def test_no_path_of_one_machine():
    assert list(rules.matches(rules.MACHINE_PATHS, texts())) == []


def test_no_package_registry_is_named():
    assert list(rules.matches(rules.REGISTRIES, texts())) == []


def test_locks_name_no_place():
    locks = [(path, text) for path, text in texts() if path.endswith(".lock")]
    assert locks
    assert list(rules.matches(URL, locks)) == []


def test_every_locked_package_has_a_hash():
    for path, text in texts():
        if path.endswith(".lock"):
            packages = re.findall(r"^[a-z0-9].*$", text, re.MULTILINE)
            blocks = re.findall(r"^[a-z0-9].*\\\n    --hash=sha256:", text, re.MULTILINE)
            assert len(packages) == len(blocks) > 0, path


def test_no_heavy_file():
    assert list(rules.heavy((name, (ROOT / name).stat().st_size) for name in files())) == []


def test_refused_inputs_say_where_or_what_to_do():
    assert list(rules.mute_input_errors(package())) == []


def matched(pattern: re.Pattern[str], *pieces: str) -> list[str]:
    """The text comes in pieces, so that this file does not break the rule itself."""
    return list(rules.matches(pattern, [("a", "".join(pieces))]))


BROKEN = {
    "file": lambda: rules.long_files([module("x = 1\n" * 401)]),
    "function": lambda: rules.long_functions([module(function(31))]),
    "method": lambda: rules.long_functions(
        [module("class Book:\n" + "\n".join(f"    {line}" for line in function(31).splitlines()))]
    ),
    "arguments": lambda: rules.argument_findings([module(function(1, "a, b, *, c, d, e, f, g"))]),
    "positional": lambda: rules.argument_findings(
        [
            module(function(1, "a, b, c")),
            module("from shortgamma.market.chain import area", "src/shortgamma/studies/price.py"),
        ]
    ),
    "module docstring": lambda: list(rules.without_docstring([module("x = 1\n")])),
    "class docstring": lambda: list(rules.without_docstring([module('"""M."""\nclass A: ...\n')])),
    "function docstring": lambda: list(
        rules.without_docstring([module('"""M."""\ndef area(): ...\n')])
    ),
    "name": lambda: list(rules.vague_names(["src/shortgamma/market/common.py"])),
    "open end": lambda: matched(rules.OPEN_ENDS, "# TO", "DO: later"),
    "machine": lambda: matched(rules.MACHINE_PATHS, "see /ro", "ot/x"),
    "registry": lambda: matched(rules.REGISTRIES, "https://py", "pi.org/simple"),
    "lock": lambda: list(rules.matches(URL, [("a.lock", "numpy @ https://host/numpy.whl")])),
    "heavy": lambda: list(rules.heavy([("a.parquet", 1_000_001)])),
    "error": lambda: list(
        rules.mute_input_errors([module('def f():\n    raise errors.InputError("no")\n')])
    ),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_every_rule_can_be_broken(broken):
    assert broken()


def test_what_is_allowed_is_not_reported():
    clean = module('"""M."""\n' + function(30, "a, b, *, c, d, e, f"))
    caller = module(
        '"""M."""\nfrom shortgamma.market.chain import area\n', "src/shortgamma/studies/price.py"
    )
    assert rules.long_functions([clean]) == {}
    assert rules.argument_findings([clean, caller]) == {}
    assert list(rules.without_docstring([clean])) == []
    helpful = 'def f():\n    raise InputError("no", remedy="give one")\n'
    assert list(rules.mute_input_errors([module(helpful)])) == []
    assert list(rules.matches(rules.MACHINE_PATHS, [("a", "../shared/home/x and work/main")])) == []
