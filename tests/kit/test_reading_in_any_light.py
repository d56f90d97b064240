"""Words can be read in the sun and at night: every pair of colours keeps the contrast of WCAG AA."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from manyhands import kit

TOKENS = (Path(kit.__file__).parent / "static/kit/css/tokens.css").read_text()
LIGHT, DARK = TOKENS.split("@media (prefers-color-scheme: dark)")
SPOKEN = ("leaf", "sun", "brick", "sky", "plum", "stone")
GROUNDS = ("paper", "sheet", "sunk")
WORDS = (
    [("ink", ground) for ground in GROUNDS]
    + [("ink-soft", ground) for ground in GROUNDS]
    + [("leaf", "paper"), ("leaf", "sheet"), ("leaf-deep", "paper"), ("brick-ink", "paper"), ("brick-ink", "sheet")]
    + [("on-leaf", "leaf"), ("on-leaf", "leaf-deep"), ("leaf-ink", "sheet"), ("leaf-ink", "paper")]
    + [(f"{tone}-ink", f"{tone}-wash") for tone in SPOKEN]
    + [("ink", f"{tone}-wash") for tone in SPOKEN]
    + [("on-run", f"run-{run}") for run in range(1, 9)]
)
SIGNS = [
    ("edge", "paper"),
    ("edge", "sheet"),
    ("focus", "paper"),
    ("focus", "sheet"),
    ("brick", "paper"),
    ("leaf", "line"),
] + [(f"run-{run}", "sunk") for run in range(1, 9)]


def colours(text: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6})\b", text))


def brightness(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    red, green, blue = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return sum(
        weight * (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
        for weight, part in ((0.2126, red), (0.7152, green), (0.0722, blue))
    )


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((brightness(one), brightness(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_is_right():
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("words", "ground"), WORDS)
def test_words_stand_out_from_their_ground(theme, words, ground):
    tokens = colours(LIGHT) | (colours(DARK) if theme == "dark" else {})
    assert contrast(tokens[words], tokens[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("sign", "ground"), SIGNS)
def test_signs_and_edges_stand_out_too(theme, sign, ground):
    tokens = colours(LIGHT) | (colours(DARK) if theme == "dark" else {})
    assert contrast(tokens[sign], tokens[ground]) >= 3
