"""QR codes as drawings, under addresses that hold their text in hex: nothing rewrites those."""

from io import BytesIO

import segno

QR = "asset:qr"
QUIET_MODULES = 4
"""The white edge that readers need around the code (ISO/IEC 18004)."""


def qr_address(text: str) -> str:
    """Give the address of the drawing of a QR code for a text."""
    return f"{QR}?{text.encode().hex()}"


def drawn_qr(hex_text: str) -> bytes:
    """Draw what qr_address named, as SVG."""
    code = segno.make(bytes.fromhex(hex_text).decode(), error="m", micro=False)
    drawing = BytesIO()
    code.save(drawing, kind="svg", border=QUIET_MODULES, xmldecl=False, omitsize=True, light="#fff")
    return drawing.getvalue()
