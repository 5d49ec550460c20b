"""The plug-in's own test: one line."""

from hark.testing.check_plugin import contract

test_contract = contract("hark_pager")
