"""Reads printed pages back: their words, their pictures in grey, and the QR codes found there by a decoder."""

from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2
import zxingcpp

POINTS_PER_MM = 72 / 25.4
PRINT_RESOLUTION = 300


@dataclass(frozen=True, slots=True)
class Grey:
    """A page as a printer would see it."""

    width: int
    height: int
    pixels: bytes

    def darkest(self, left: float, top: float, right: float, bottom: float) -> int:
        """The darkest point within a part of the page, told in shares of its width and height."""
        rows = range(int(top * self.height), max(int(bottom * self.height), int(top * self.height) + 1))
        start, end = int(left * self.width), max(int(right * self.width), int(left * self.width) + 1)
        return min(min(self.pixels[row * self.width + start : row * self.width + end]) for row in rows)


def pages(pdf: bytes) -> Iterator[pypdfium2.PdfPage]:
    """Every page in order."""
    yield from pypdfium2.PdfDocument(pdf)


def sizes(pdf: bytes) -> list[tuple[int, int]]:
    """Width and height of each page in whole millimetres."""
    return [(round(page.get_width() / POINTS_PER_MM), round(page.get_height() / POINTS_PER_MM)) for page in pages(pdf)]


def trimmed(page: pypdfium2.PdfPage) -> tuple[int, int]:
    """Width and height in whole millimetres of what is left when the page has been cut."""
    left, bottom, right, top = page.get_trimbox()
    return round((right - left) / POINTS_PER_MM), round((top - bottom) / POINTS_PER_MM)


def words(page: pypdfium2.PdfPage) -> str:
    """The text of a page, on one line."""
    return " ".join(page.get_textpage().get_text_range().split())


def grey(page: pypdfium2.PdfPage, resolution: int = PRINT_RESOLUTION) -> Grey:
    """The page at a resolution in dots per inch."""
    bitmap = page.render(scale=resolution / 72, grayscale=True)
    raw, width, height = bytes(bitmap.buffer), bitmap.width, bitmap.height
    return Grey(width, height, b"".join(raw[y * bitmap.stride : y * bitmap.stride + width] for y in range(height)))


def qr_codes(page: pypdfium2.PdfPage) -> list[tuple[float, float, str]]:
    """Where each QR code stands (shares of the width and height, from the top left) and what it says."""
    shown = grey(page)
    picture = memoryview(shown.pixels).cast("B", (shown.height, shown.width))
    return [
        (code.position.top_left.x / shown.width, code.position.top_left.y / shown.height, code.text)
        for code in zxingcpp.read_barcodes(picture)
    ]
