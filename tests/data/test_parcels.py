"""Arrays that a worker hands over come back to the bit, and nothing stays behind."""

from pathlib import Path

import numpy as np
import pytest

from shortgamma.data.parcels import fetch, parcels, post


def test_arrays_come_back_to_the_bit_and_the_file_goes():
    rng = np.random.default_rng(3)
    sent = {
        "0leveraged: liquidated_usd": rng.normal(size=7),
        "1halted": rng.normal(size=7) > 0.0,
        "2log_price": np.array([[0.0, -0.0], [np.nan, np.inf]]),
    }
    with parcels() as folder:
        name = post(folder, sent)
        assert Path(name).parent == Path(folder)
        found = fetch(name)
        assert not Path(name).exists()
        post(folder, sent)
    assert not Path(folder).exists()
    assert list(found) == list(sent)
    for key, values in sent.items():
        assert found[key].dtype == values.dtype
        assert found[key].tobytes() == values.tobytes()


def test_objects_are_no_arrays():
    with parcels() as folder, pytest.raises(ValueError, match="Object arrays"):
        post(folder, {"a": np.array([object()])})
