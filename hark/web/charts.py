"""The geometry of charts: numbers in, points and paths out. The macros of templates/ui/charts.html draw them as SVG.

Drawn on the server with presentation attributes alone, so a chart needs no script, no inline style and prints well.
"""

from collections.abc import Sequence
from math import ceil, floor, log10

from msgspec import Struct


class Bar(Struct, frozen=True):
    x: float
    y: float
    width: float
    height: float
    index: int


class Plot(Struct, frozen=True, kw_only=True):
    """`line` and `area` are path data; `ticks` are (y, value) pairs of the scale; `points` are (x, y)."""

    line: str
    area: str
    ticks: list[tuple[float, float]]
    points: list[tuple[float, float]]
    top: float


def bars(values: Sequence[float], width: float, height: float, top: float | None = None) -> list[Bar]:
    """Upright bars with a gap of a fifth; a value above zero is always seen (1 px at least)."""
    most = top or max([*values, 0]) or 1
    step = width / max(len(values), 1)
    gap = min(step * 0.2, 4)
    tall = [max(height * value / most, 1.0) if value > 0 else 0.0 for value in values]
    return [
        Bar(_r(i * step + gap / 2), _r(height - tall[i]), _r(step - gap), _r(tall[i]), i) for i in range(len(values))
    ]


def plot(values: Sequence[float], width: float, height: float) -> Plot:
    """A line with the area below it, scaled to a round top."""
    top = nice(max([*values, 0]))
    step = width / max(len(values) - 1, 1)
    points = [(_r(i * step), _r(height - height * value / top)) for i, value in enumerate(values)]
    line = "M" + " L".join(f"{x} {y}" for x, y in points) if points else ""
    area = f"{line} L{points[-1][0]} {_r(height)} L0 {_r(height)} Z" if points else ""
    ticks = [(_r(height - height * part), top * part) for part in (0.0, 0.5, 1.0)]
    return Plot(line=line, area=area, ticks=ticks, points=points, top=top)


def stack(series: Sequence[Sequence[float]], width: float, height: float) -> list[list[Bar]]:
    """Bars of several series on top of each other, in the order given from the bottom up."""
    totals = [sum(column) for column in zip(*series, strict=True)]
    top = nice(max([*totals, 0]))
    base = [0.0] * len(totals)
    layers = []
    for values in series:
        layer = bars(values, width, height, top)
        lifted = [Bar(bar.x, _r(bar.y - base[bar.index]), bar.width, bar.height, bar.index) for bar in layer]
        base = [below + bar.height for below, bar in zip(base, layer, strict=True)]
        layers.append(lifted)
    return layers


def nice(value: float) -> float:
    """The next round number at or above: 1, 2, 2.5, 5 times a power of ten."""
    if value <= 0:
        return 1.0
    power = float(10 ** floor(log10(value)))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= value * 0.999999)


def labels(count: int, most: int = 6) -> list[int]:
    """Indexes of the columns that get a label so that labels do not touch."""
    step = max(ceil(count / most), 1)
    return list(range(0, count, step))


def _r(number: float) -> float:
    return round(number, 2)
