"""The colours that carry text are far enough apart in light and in dark: WCAG 2.2 AA, computed from tokens.css."""

import re
from pathlib import Path

import pytest

import hark

TOKENS = (Path(hark.__file__).parent / "web/static/css/tokens.css").read_text("utf-8")
TEXT, LARGE_OR_LINE = 4.5, 3.0
HUES = range(1, 9)
GROUNDS = ("paper", "surface", "raised", "sunken")
ON_GROUND = ("ink", "ink-soft", "accent", "good", "warn", "bad")
PAIRS = [
    *((ink, ground, TEXT) for ground in GROUNDS for ink in ON_GROUND),
    *(("ink-faint", ground, TEXT) for ground in ("paper", "surface")),
    *((f"hue-{n}", f"hue-{n}-wash", TEXT) for n in HUES),
    *((f"hue-{n}", "surface", LARGE_OR_LINE) for n in HUES),
    *((tone, f"{tone}-wash", TEXT) for tone in ("good", "warn", "bad")),
    ("accent-ink", "accent", TEXT),
    ("accent-ink", "accent-strong", TEXT),
    ("accent-strong", "accent-wash", TEXT),
    ("line-strong", "surface", LARGE_OR_LINE),
    ("line-strong", "paper", LARGE_OR_LINE),
]


def _colours() -> dict[str, tuple[str, str]]:
    found = re.findall(r"--([\w-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)", TOKENS)
    return {name: (light, dark) for name, light, dark in found}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_it_can_be_read(front: str, back: str, least: float, scheme: str) -> None:
    colours = _colours()
    which = ("light", "dark").index(scheme)

    assert contrast(colours[front][which], colours[back][which]) >= least


def contrast(one: str, other: str) -> float:
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
