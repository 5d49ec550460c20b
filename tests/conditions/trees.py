"""Random conditions that make sense, for properties."""

from hypothesis import strategies as some

from hark.conditions import tree

EVENTS = ("Order Completed", "Product Viewed", "page")
OF = ("total", "color")
TRAITS = ("country", "score", "tags", "vip")
_TEXTS = some.sampled_from(["DE", "AT", "d", "", "ä", "red", 'a"b\\'])
_NUMBERS = some.one_of(some.integers(-3, 6), some.sampled_from([0.5, 2.25, 10.0, 3.333333]))
_DAYS = some.sampled_from([0, 1, 7, 30])
_ORDER = some.sampled_from(["=", "!=", "<", "<=", ">", ">="])


def conditions() -> some.SearchStrategy[tree.Condition]:
    return some.recursive(
        some.one_of(_asked(), _any(), _number(), _text(), _time()),
        lambda inner: some.one_of(
            some.builds(tree.All, some.lists(inner, min_size=2, max_size=3).map(tuple)),
            some.builds(tree.Some, some.lists(inner, min_size=2, max_size=3).map(tuple)),
            some.builds(tree.Not, inner),
        ),
        max_leaves=6,
    )


def _asked() -> some.SearchStrategy[tree.Asked]:
    names = {"consent": ("marketing", "analytics"), "in_segment": ("vip",), "in_group": ("acme",)}
    return some.sampled_from([tree.Asked(what, name) for what, all_ in names.items() for name in all_])  # type: ignore[arg-type]


def _any() -> some.SearchStrategy[tree.Compare | tree.Trait]:
    traits = some.builds(tree.Trait, some.sampled_from(TRAITS))
    left = some.one_of(traits, _measured(("first", "last"), some.sampled_from(OF)))
    values = some.one_of(_TEXTS, _NUMBERS, some.booleans())
    ordered = some.one_of(_TEXTS, _NUMBERS).map(tree.Literal)
    return some.one_of(
        traits,
        some.builds(tree.Compare, left, some.sampled_from(["=", "!="]), values.map(tree.Literal)),
        some.builds(tree.Compare, left, _ORDER, ordered),
        some.builds(tree.Compare, left, some.sampled_from(["contains", "starts with"]), _TEXTS.map(tree.Literal)),
        some.builds(tree.Compare, left, some.sampled_from(["is set", "is not set"])),
        _among(left, values),
    )


def _number() -> some.SearchStrategy[tree.Compare]:
    functions = ("sum", "min", "max", "average", "unique")
    counts = some.builds(tree.Measured, some.just("count"), some.sampled_from(EVENTS), days=_DAYS)
    left = some.one_of(counts, _measured(functions, some.sampled_from(OF)))
    return some.one_of(some.builds(tree.Compare, left, _ORDER, _NUMBERS.map(tree.Literal)), _among(left, _NUMBERS))


def _text() -> some.SearchStrategy[tree.Compare]:
    fields = some.sampled_from([tree.Field("phase"), tree.Field("language")])
    left = some.one_of(fields, _measured(("most_frequent",), some.sampled_from(OF)))
    operators = some.one_of(_ORDER, some.sampled_from(["contains", "starts with"]))
    return some.one_of(some.builds(tree.Compare, left, operators, _TEXTS.map(tree.Literal)), _among(left, _TEXTS))


def _time() -> some.SearchStrategy[tree.Compare]:
    seen = some.sampled_from([tree.Field("first_seen"), tree.Field("last_seen")])
    edges = some.builds(tree.Measured, some.sampled_from(["first", "last"]), some.sampled_from(EVENTS))
    ago = some.builds(tree.Ago, some.integers(0, 40), some.sampled_from(["minute", "hour", "day", "week"]))
    right = some.one_of(ago, some.just(tree.Date("2026-05-20")))
    return some.builds(tree.Compare, some.one_of(seen, edges), _ORDER, right)


def _measured(functions: tuple[str, ...], of: some.SearchStrategy[str]) -> some.SearchStrategy[tree.Measured]:
    return some.builds(tree.Measured, some.sampled_from(functions), some.sampled_from(EVENTS), of, _DAYS)


def _among(
    left: some.SearchStrategy[tree.Left], values: some.SearchStrategy[tree.Plain]
) -> some.SearchStrategy[tree.Compare]:
    many = some.lists(values, min_size=1, max_size=3).map(lambda all_: tree.Many(tuple(all_)))
    return some.builds(tree.Compare, left, some.sampled_from(["in", "not in"]), many)
