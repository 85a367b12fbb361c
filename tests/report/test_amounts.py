"""Amounts read as a desk writes them."""

import doctest

import numpy as np
import pytest

from shortgamma.basics.time import parse_stamp
from shortgamma.basics.units import NANOSECONDS_PER_DAY
from shortgamma.report import amounts
from shortgamma.report.figures import palette, strikes


@pytest.mark.parametrize("module", [amounts, palette, strikes])
def test_examples_in_docstrings(module):
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (42.3e6, "42.3 M$"),
        (1.2e9, "1.2 bn$"),
        (650e3, "650 k$"),
        (-8.256e6, "−8.26 M$"),
        (999.6e3, "1 M$"),
        (0.0, "0 $"),
        (-1e-9, "0 $"),
        (12.0, "12 $"),
        (4.5e12, "4.5 tn$"),
        (float("nan"), "unknown"),
        (float("inf"), "unknown"),
    ],
)
def test_usd(value, text):
    assert amounts.usd(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(-0.083, "−8.3 %"), (0.004, "0.4 %"), (1.5, "150 %"), (0.0, "0 %")]
)
def test_percent(value, text):
    assert amounts.percent(value) == text


def test_expiry_labels_differ_even_where_days_do_not():
    asof = parse_stamp("2026-12-30T08:00Z")
    hours = np.array([10, 14, 15, 15, 24 * 40], dtype=np.int64)
    labels = amounts.expiry_labels(asof + hours * (NANOSECONDS_PER_DAY // 24), asof)
    assert len(set(labels)) == 5
    assert labels[:3] == ["30 Dec (10h)", "30 Dec (14h)", "30 Dec 23:00 (15h)"]
    assert labels[4] == "8 Feb ’27 (40d)"


def test_a_source_without_a_time_has_spans_only():
    days = np.array([1, 15], dtype=np.int64) * NANOSECONDS_PER_DAY
    assert amounts.expiry_labels(days, None) == ["24h", "15d"]
