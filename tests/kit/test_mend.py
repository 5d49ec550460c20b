"""JSON with a client's usual slips, and what is beyond mending."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hark.kit import mend

ANY: msgspec.json.Decoder[Any] = msgspec.json.Decoder()


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a":"\\ud83d"}', {"a": "?"}),
        (b'{"a":"\\ud83d\\ude00"}', {"a": "\U0001f600"}),
        (b'{"a":NaN,"b":-Infinity}', {"a": None, "b": None}),
        (b'\xef\xbb\xbf{"a":1}', {"a": 1}),
        (b'{"a":"\xff"}', {"a": "\ufffd"}),
        (b'{"a":"\x01\n"}', {"a": "\x01\n"}),
    ],
    ids=["half a character", "a whole one", "no number", "byte order mark", "no UTF-8", "bare control characters"],
)
def test_usual_slips_are_mended(body: bytes, value: Any):
    assert mend.decode(body, ANY) == value


@pytest.mark.parametrize("body", [b"", b"{", b"{'a':1}", b'{"a":1,}', b"nonsense", b"[" * 100_000, b"1e999"])
def test_all_else_is_refused(body: bytes):
    with pytest.raises(ValueError, match=r".+"):
        mend.decode(body, ANY)


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner), max_leaves=10)
)
def test_what_is_right_stays_as_it_is(value: Any):
    assert mend.decode(msgspec.json.encode(value), ANY) == value
