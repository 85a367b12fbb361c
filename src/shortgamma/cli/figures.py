"""``key=value`` on the command line."""

from shortgamma.basics.errors import InputError


def figures_set(pairs: tuple[str, ...]) -> dict[str, str]:
    """The ``key=value`` pairs of ``--set``."""
    return dict(pairs_of(pairs, "--set", "key=value"))


def pairs_of(pairs: tuple[str, ...], flag: str, form: str) -> list[tuple[str, str]]:
    """Names and texts of a repeated flag.

    Raises:
        InputError: One is not of that form.
    """
    found: list[tuple[str, str]] = []
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not (equals and name.strip() and value.strip()):
            raise InputError(f"{pair!r} is no figure", place=flag, remedy=f"write {form}")
        found.append((name.strip().replace("-", "_"), value.strip()))
    return found


def figures_swept(pairs: tuple[str, ...]) -> dict[str, list[float | str]]:
    """The ``key=value,value,…`` pairs of ``--sweep``; values are numbers where they can be."""
    found: dict[str, list[float | str]] = {}
    for name, text in pairs_of(pairs, "--sweep", "key=value,value,…"):
        found[name] = [number_or_text(value.strip()) for value in text.split(",")]
    return found


def number_or_text(text: str) -> float | str:
    """A number where the text is one; whole ones stay whole."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
