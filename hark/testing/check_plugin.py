"""The suite that every plug-in passes. In the plug-in's own test, one line:

    test_contract = contract("hark.plugins.webhook")

and for people: `hark check-plugin PATH`.
"""

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec import Struct

from hark.errors import HarkError
from hark.registry import Plugin
from hark.testing import hostile, promises

Check = Callable[[Plugin], None]

# In the order in which their failures are worth reading: a wrong manifest makes everything below it noise.
CHECKS: tuple[Check, ...] = (
    promises.the_manifest_tells_what_it_is,
    promises.the_readme_tells_how_to_use_it,
    promises.some_file_makes_a_promise,
    promises.every_file_says_what_lives_there,
    promises.only_the_contract_is_imported,
    promises.receiving_is_pure,
    promises.promised_functions_are_there,
    promises.routes_are_paths,
    promises.settings_explain_themselves,
    promises.a_test_belongs_to_it,
    hostile.recorded_requests_give_what_they_should,
    hostile.every_outcome_has_an_answer,
    hostile.hostile_requests_break_nothing,
    hostile.large_requests_break_nothing,
    hostile.receiving_twice_gives_the_same,
    hostile.writing_fails_only_in_words_we_know,
)


class Result(Struct, frozen=True):
    """problem is None where the check passed."""

    check: str
    problem: str | None


def contract(package: str) -> Callable[[Check], None]:
    """The suite as a test of pytest, one case for each check."""

    @pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
    def test_contract(check: Check) -> None:
        check(Plugin(package))

    return test_contract


def run(plugin: Plugin) -> Iterator[Result]:
    for check in CHECKS:
        try:
            check(plugin)
        except (AssertionError, HarkError) as problem:
            yield Result(_readable(check), str(problem).strip() or "it does not hold")
        except Exception as problem:  # noqa: BLE001 - whatever a plug-in raises is what we tell
            yield Result(_readable(check), f"{type(problem).__name__}: {problem}")
        else:
            yield Result(_readable(check), None)


def plugin_at(place: str) -> Plugin:
    """A plug-in by the path of its folder, or by the name of its package."""
    folder = Path(place).resolve()
    if not folder.is_dir():
        return Plugin(place)
    root = folder
    while (root / "__init__.py").is_file():
        root = root.parent
    package = ".".join(folder.relative_to(root).parts)
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    importlib.invalidate_caches()
    return Plugin(package or folder.name)


def _readable(check: Check) -> str:
    return check.__name__.replace("_", " ")
