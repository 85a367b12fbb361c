"""Refusals on one path and on some of many."""

from dataclasses import dataclass

import numpy as np
import pytest

from shortgamma.basics.errors import InputError, RefusedError
from shortgamma.protocols import paths


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    name: str
    coins: object
    clock: float = 1.0


def test_one_path_that_is_refused_raises() -> None:
    with pytest.raises(RefusedError, match="poor"):
        paths.refusals({"rich": False, "poor": True})
    assert paths.refusals({"rich": False}) is False


def test_some_paths_that_are_refused_become_a_mask() -> None:
    mask = paths.refusals(
        {"a": np.array([True, False, False]), "b": np.array([False, False, True])}
    )
    assert mask.tolist() == [True, False, True]


def test_refused_paths_keep_what_they_had() -> None:
    old = (Purse(name="a", coins=1.0), {"x": Purse(name="b", coins=np.array([1.0, 2.0]))})
    new = (Purse(name="a", coins=np.array([3.0, 4.0])), {"x": Purse(name="b", coins=5.0)})
    merged = paths.keep(np.array([True, False]), old, new)
    assert merged[0].coins.tolist() == [1.0, 4.0]
    assert merged[1]["x"].coins.tolist() == [1.0, 5.0]
    assert merged[0].clock == 1.0
    assert paths.keep(False, old, new) is new


def test_a_ratio_to_nothing_is_what_is_said() -> None:
    assert paths.ratio(1.0, 0.0, empty=7.0) == 7.0
    assert paths.ratio(np.array([1.0, 2.0]), np.array([0.0, 4.0])).tolist() == [0.0, 0.5]


def test_a_number_per_path_is_not_one_number() -> None:
    assert paths.number(np.float64(2.0), name="size") == 2.0
    with pytest.raises(InputError, match="size has 2 values"):
        paths.number(np.ones(2), name="size")
