"""The look of the workbook's cells."""

from __future__ import annotations

from typing import Any

INPUT, GREY, LINE, PALE, DARK = "#FFF8DC", "#6B7280", "#D1D5DB", "#F3F4F6", "#1F3A5F"
"""Cells to fill in, text for reference, borders, headings, the bar of column headings."""

BAR: dict[str, Any] = {
    "bold": True,
    "bg_color": DARK,
    "font_color": "#FFFFFF",
    "border": 1,
    "border_color": LINE,
}
EXAMPLE: dict[str, Any] = {"bg_color": INPUT, "border": 1, "border_color": LINE}
TO_FILL: dict[str, Any] = EXAMPLE | {"locked": False}
