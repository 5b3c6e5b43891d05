"""Figures as boxes, lines and words in millimetres, and the same as a picture."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]
INK: Colour = (28, 32, 38)
MM_PER_POINT = 25.4 / 72
_ANCHORS = {"L": "lm", "C": "mm", "R": "rm"}


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle; ``x`` and ``y`` are its upper left corner."""

    x: float
    y: float
    width: float
    height: float
    fill: Colour


@dataclass(frozen=True, slots=True)
class Stroke:
    """A straight line, ``width`` in millimetres."""

    x: float
    y: float
    to_x: float
    to_y: float
    colour: Colour = INK
    width: float = 0.2


@dataclass(frozen=True, slots=True)
class Words:
    """One line of text, centred upon ``y``; ``x`` is its left end, middle or right end."""

    x: float
    y: float
    text: str
    points: float = 8
    align: Literal["L", "C", "R"] = "L"
    colour: Colour = INK


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes upon a sheet of ``width`` x ``height`` millimetres, later ones above earlier ones."""

    width: float
    height: float
    shapes: Sequence[Box | Stroke | Words]


def to_png(drawing: Drawing, font: tuple[Path, int], dots: int = 220) -> bytes:
    """The drawing as a picture on white, in ``dots`` per inch."""
    scale = dots / 25.4
    size = (round(drawing.width * scale), round(drawing.height * scale))
    picture = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(picture)
    for shape in drawing.shapes:
        _draw(pen, shape, scale, font)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True, dpi=(dots, dots))
    return out.getvalue()


def _draw(
    pen: ImageDraw.ImageDraw, shape: Box | Stroke | Words, scale: float, font: tuple[Path, int]
) -> None:
    match shape:
        case Box():
            right, low = shape.x + shape.width, shape.y + shape.height
            pen.rectangle(
                (shape.x * scale, shape.y * scale, right * scale - 1, low * scale - 1),
                fill=shape.fill,
            )
        case Stroke():
            ends = (shape.x * scale, shape.y * scale, shape.to_x * scale, shape.to_y * scale)
            pen.line(ends, fill=shape.colour, width=max(1, round(shape.width * scale)))
        case Words():
            letters = _letters(font, round(shape.points * MM_PER_POINT * scale))
            pen.text(
                (shape.x * scale, shape.y * scale),
                shape.text,
                fill=shape.colour,
                font=letters,
                anchor=_ANCHORS[shape.align],
            )


@lru_cache(maxsize=32)
def _letters(font: tuple[Path, int], size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font[0]), size, index=font[1])
