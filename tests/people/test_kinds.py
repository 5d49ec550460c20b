"""Each kind's one spelling, and the values that point to nobody."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hark.model import IdentityKind
from hark.people.kinds import CORE, Kinds, Setting, declared_kinds

KINDS = Kinds(CORE)


@pytest.mark.parametrize(
    ("kind", "written", "spelled"),
    [
        ("email", " Ann@Example.COM ", "ann@example.com"),
        ("email", "mailto:ann@example.com", "ann@example.com"),
        ("email", "ann@Bücher.example", "ann@xn--bcher-kva.example"),
        ("email", "ann.b+shop@gmail.com", "ann.b+shop@gmail.com"),
        ("email", "ann", None),
        ("email", "ann@b@c", None),
        ("email", "Ann <ann@example.com>", None),
        ("phone", "+49 (0)170 123-4567", "+491701234567"),
        ("phone", "0049 170 1234567", "+491701234567"),
        ("phone", "491701234567", "+491701234567"),
        ("phone", "0170 1234567", None),
        ("phone", "call me", None),
        ("user_id", "  4711 ", "4711"),
        ("user_id", "Ann", "Ann"),
        ("user_id", "x" * 501, None),
        ("user_id", "nul\0l", "nul\ufffdl"),
        ("card", "1234-5678 90ab", "1234567890AB"),
        ("ga_client_id", "GA1.2.1234.5678", "1234.5678"),
        ("ios.idfa", "EA7583CD-A667-48BC-B806-42ECB2B48606", "ea7583cd-a667-48bc-b806-42ecb2b48606"),
        ("group_id", "acme", None),
        ("whatever", " As it is ", "As it is"),
    ],
)
def test_a_kind_has_one_spelling(kind: str, written: str, spelled: str | None) -> None:
    assert KINDS.spelled(kind, written) == spelled


@pytest.mark.parametrize(
    "value",
    [
        *("", " ", "0", "-1", "00000000-0000-0000-0000-000000000000", "---", "null", "NULL", "'null'", '"undefined"'),
        *("anonymous", "Guest", "distinct_id", "distinctId", "not_authenticated", "[object Object]", "NaN", "None"),
        *("true", "False", "id", "email", "“null”"),
    ],
)
def test_a_placeholder_points_to_nobody(value: str) -> None:
    assert KINDS.spelled("user_id", value) is None
    assert KINDS.spelled("anonymous_id", value) is None


@settings(max_examples=200, deadline=None)
@given(kind=st.sampled_from([kind.name for kind in CORE]), value=st.text(max_size=600))
def test_a_spelling_is_spelled_as_itself_and_can_be_stored(kind: str, value: str) -> None:
    once = KINDS.spelled(kind, value)

    if once is not None:
        assert KINDS.spelled(kind, once) == once
        assert 0 < len(once) <= 500
        assert "\0" not in once
        once.encode()


def test_a_plug_in_brings_a_kind_and_an_operator_changes_it() -> None:
    badge = IdentityKind(name="badge", label="Badge", normalise=str.upper, priority=7)
    kinds = Kinds(declared_kinds({"badge": badge}).values(), {"badge": Setting(limit=1, blocked=("b0",))})

    assert kinds.spelled("badge", "a1") == "A1"
    assert kinds.spelled("badge", "b0") is None
    assert (kinds.of("badge").limit, kinds.of("badge").priority) == (1, 7)
