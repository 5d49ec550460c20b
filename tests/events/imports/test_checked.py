"""What somebody says about how a file is read is believed only where it can be."""

import pytest

from hark.errors import Rejected
from hark.events.imports.read import checked


@pytest.mark.parametrize(
    "wrong",
    [
        {"encoding": "klingon"},
        {"delimiter": "::"},
        {"delimiter": '"'},
        {"format": "poem"},
        {"sheet": 7},
        {"encoding": 7},
    ],
)
def test_a_reading_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(Rejected):
        checked({"format": "csv", **wrong})


def test_a_reading_that_can_be_is_kept() -> None:
    assert checked({"format": "csv", "encoding": "cp1252", "delimiter": ";"}).delimiter == ";"
