"""The key of a run: equal for equal runs, another one for any figure that is another."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from shortgamma.market.history import PriceHistory
from shortgamma.studies.ensemble.chunk import run_chunk
from shortgamma.studies.ensemble.job import CHUNK_PATHS, canonical, key_of, specification
from shortgamma.studies.scenarios.bundled import GammaSqueeze
from shortgamma.studies.scenarios.scenario import Inputs
from tests.studies.ensembles import small_job

MINUTE = 60 * 10**9


def key(*jobs):
    return key_of(specification(jobs))


def history(last=101.0):
    return PriceHistory(
        underlying="BTC",
        stamp=MINUTE * np.arange(4),
        close=np.array([100.0, 99.0, 102.0, last]),
    )


def with_book(quantity=None, **more):
    """A job with inputs of its own."""
    book = small_job(5).scenario.held(Inputs())
    if quantity is not None:
        book = replace(book, quantity=quantity)
    return replace(small_job(5), inputs=Inputs(book=book, **more))


CHANGES = {
    "figure": small_job(100, theta=-0.30000000000000004),
    "paths": small_job(101),
    "seed": small_job(100, seed=4),
    "prices": small_job(100, keep_every=1),
    "kind": small_job(100, kind=GammaSqueeze),
    "book": replace(with_book(), paths=100),
    "history": replace(small_job(100), inputs=Inputs(history=history())),
    "another history": replace(
        small_job(100), inputs=Inputs(history=history(np.nextafter(101, 102)))
    ),
}


def test_equal_jobs_have_one_key_and_any_change_another():
    assert key(small_job(100)) == key(small_job(100))
    keys = {name: key(job) for name, job in CHANGES.items()} | {"": key(small_job(100))}
    assert len(set(keys.values())) == len(keys)


def test_the_key_sees_every_element_of_a_book():
    quantity = np.array(with_book().inputs.book.quantity)
    changed = quantity.copy()
    changed[3] = np.nextafter(changed[3], 1.0)
    assert key(with_book(quantity)) == key(with_book())
    assert key(with_book(changed)) != key(with_book())


def test_the_key_sees_the_order_of_the_jobs():
    one, other = small_job(5), small_job(6)
    assert key(one, other) != key(other, one)
    assert key(one) != key(one, one)


def test_another_process_finds_the_same_key():
    """Python's own hashes differ from process to process; the key must not."""
    code = (
        "from tests.studies.ensembles import small_job\n"
        "from shortgamma.studies.ensemble.job import key_of, specification\n"
        "print(key_of(specification([small_job(100)])))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == key(small_job(100))


def test_what_has_no_canonical_form_is_refused():
    with pytest.raises(TypeError, match="set has no canonical form"):
        canonical({1, 2})


def test_a_chunk_is_a_function_of_its_job_and_number():
    job = small_job(2 * CHUNK_PATHS + 10, steps=20)
    first, third = run_chunk(job, 0), run_chunk(job, 2)
    assert (first.market["final"].size, third.market["final"].size) == (CHUNK_PATHS, 10)
    again = run_chunk(small_job(2 * CHUNK_PATHS + 10, steps=20), 2)
    assert again.market["final"].tobytes() == third.market["final"].tobytes()
    more = run_chunk(small_job(10 * CHUNK_PATHS, steps=20), 2)
    np.testing.assert_array_equal(more.market["final"][:10], third.market["final"])


def test_a_small_job_is_cut_into_four():
    assert [size for _first, size in small_job(10_000).run.blocks()] == [2_500] * 4
    assert [size for _first, size in small_job(3_000).run.blocks()] == [2_048, 952]
