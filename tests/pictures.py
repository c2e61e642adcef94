"""Small picture files for the documentation."""

from __future__ import annotations

import io

from PIL import Image

_COLOURS = 256


def small(png: bytes, *, width: int | None = None, colours: int = _COLOURS) -> bytes:
    """The same picture with a palette, at most ``width`` pixels wide: a third of the bytes."""
    with Image.open(io.BytesIO(png)) as image:
        picture = image.convert("RGB")
        if width is not None and picture.width > width:
            height = round(picture.height * width / picture.width)
            picture = picture.resize((width, height), Image.Resampling.LANCZOS)
        palette = picture.quantize(colours, dither=Image.Dither.NONE)
    out = io.BytesIO()
    palette.save(out, format="PNG", optimize=True)
    return out.getvalue()
