"""What every law about hedging has to pass at each of its examples."""


def obeys(kind, given, *, seed, paths=None, slack=1.0):
    """Simulates a law; its figures must be within tolerance, and so certain that this means something.

    Args:
        kind: The law.
        given: Parameters.
        seed: Of the run.
        paths: Other than its own number.
        slack: Factor on tolerances, for fewer paths.
    """
    law = kind(**given)
    expected = law.expected()
    found = law.simulated(paths=paths or kind.default_paths, seed=seed, threads=2)
    assert list(found) == list(expected) == list(kind.tolerances)
    for metric, tolerance in kind.tolerances.items():
        allowed = slack * tolerance.allowed(expected[metric])
        assert abs(found[metric].value - expected[metric]) <= allowed, (metric, found, expected)
        if metric != "leland_vol":  # read off one hedge: no sample
            assert 0.0 < found[metric].standard_error <= 0.25 * allowed, (metric, found[metric])
    return found
