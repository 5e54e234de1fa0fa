"""Printed cards, seen as with the camera of a phone."""

from typing import Any

import pypdfium2
import zxingcpp

QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])


def read_codes(page: Any) -> list[str]:
    """Return what the QR codes of a page of a PDF say."""
    drawn = page.render(scale=4, grayscale=True)
    pixels = memoryview(drawn.buffer).cast("B").cast("B", (drawn.height, drawn.stride))
    return [code.text for code in zxingcpp.read_barcodes(pixels, formats=QR)]


def text_of(page: Any) -> str:
    """Return what is written on a page."""
    found: str = page.get_textpage().get_text_range()
    return found


def opened(data: bytes) -> pypdfium2.PdfDocument:
    """Return a PDF."""
    return pypdfium2.PdfDocument(data)
