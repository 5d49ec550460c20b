"""The one rule language of segments, computed traits, journeys, routing and automations.

`read` takes the text form or the builder's JSON; `compile_condition` makes it answer for one person, `to_sql` for all of
them. The language: docs/reference/conditions.md.
"""

from hark.conditions.check import check, type_of
from hark.conditions.evaluate import Compiled, compile_condition
from hark.conditions.known import Known
from hark.conditions.parse import parse
from hark.conditions.tree import Expression, Misread, from_json, to_json
from hark.conditions.write import write

__all__ = [
    "Compiled",
    "Expression",
    "Known",
    "Misread",
    "check",
    "compile_condition",
    "parse",
    "read",
    "to_json",
    "type_of",
    "write",
]


def read(source: object) -> Expression:
    """A condition in either form. Misread says what is wrong, and where."""
    if isinstance(source, str):
        return parse(source)
    expression = from_json(source)
    check(expression)
    return expression
