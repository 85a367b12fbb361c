"""The top level of the package."""

import subprocess
import sys

import pytest

import shortgamma as sg


def test_every_public_name_resolves():
    for name in sg.__all__:
        assert callable(getattr(sg, name)), name


def test_exposure_is_callable_after_its_room_was_imported():
    """The room binds itself under the same name when it is loaded; both must go on working."""
    code = (
        "import shortgamma.exposure.profile as profile, shortgamma as sg;"
        "from shortgamma.exposure import totals;"
        "assert profile.LEVELS > 1 and totals.ZERO_DAYS > 0;"
        "assert callable(sg.exposure);"
        "from shortgamma import exposure; assert callable(exposure)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="gama"):
        _ = sg.gama
