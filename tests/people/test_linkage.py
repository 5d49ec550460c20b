"""Finding records that are one person: on FEBRL and on a few by hand."""

import pytest

from hark.bench.matching import load
from hark.people.linkage import Pair, cluster, link, plain, prepare
from hark.people.records import Field, record_of

pytestmark = pytest.mark.filterwarnings("ignore")


def test_spelling_hides_accents_case_and_signs():
    assert plain("O’Brien-Müller ") == "obrien muller"
    assert plain("  ") is None
    assert plain(float("nan")) is None


def test_a_person_is_a_record_whatever_their_traits_are_called():
    record = record_of("1", {"firstName": "Ann", "last_name": "Lee", "address": {"street": "Main St 12b", "zip": 1234}})

    assert record == {
        "id": "1",
        "first_name": "Ann",
        "last_name": "Lee",
        "street": "Main St",
        "street_number": "12b",
        "postcode": "1234",
    }
    assert record_of("1", {"name": "Dr. Ann van Lee", "dob": "1980-02-01T00:00:00Z"}) == {
        "id": "1",
        "first_name": "Ann van",
        "last_name": "Lee",
        "birthday": "19800201",
    }
    assert record_of("1", {"email": "a@b.c"}) is None


def test_febrl_1_is_told_apart_without_labels():
    records, truth = load(1)
    found = link(prepare(records))
    pairs = {tuple(sorted((pair.a, pair.b))) for pair in found.pairs}

    assert len(pairs & truth) / len(truth) > 0.995
    assert len(pairs & truth) / len(pairs) > 0.995
    assert all(pair.fields for pair in found.pairs)


def test_a_group_never_grows_beyond_its_bound():
    chain = [Pair(str(n), str(n + 1), 0.99, (Field("email", "same", 9.0),)) for n in range(30)]

    assert max(map(len, cluster(chain, 0.95, most=5))) <= 5
    assert cluster(chain, 0.995) == []
