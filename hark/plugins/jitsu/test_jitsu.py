"""What comes of this dialect's requests: the recorded cases, and what they cannot show."""

import pytest

from hark.testing.check_plugin import contract
from hark.testing.golden import Case, Plugin, cases, check

PLUGIN = Plugin("hark.plugins.jitsu")
test_contract = contract("hark.plugins.jitsu")


@pytest.mark.parametrize("case", cases(PLUGIN), ids=lambda case: case.name)
def test_what_is_sent_is_heard(case: Case) -> None:
    check(PLUGIN, case)
