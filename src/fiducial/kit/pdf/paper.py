"""Making PDFs that look like the plant's paper: form number and revision, labels in two languages, signatures, page x of y.

What a document says is plain data, gathered by a query; `Paper` draws it, on a thread of its own and never in the write lane. Its library takes a
tenth of a second to load, so this module is imported where a document is drawn, and not before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import segno
from fpdf import FPDF, FontFace
from fpdf.enums import TableBordersLayout

from fiducial.kit.pdf import code128
from fiducial.kit.pdf.parts import FONT, Column, Head, Signed, must_have_font

FAMILY = "paper"
INK, GREY, SHADE, LINE = (20, 24, 31), (96, 104, 116), (238, 242, 246), (150, 158, 170)
GREEN, RED = (24, 121, 78), (190, 30, 45)
MARGIN, TABLE_LINE = 12.0, 5.4  # mm
MOST_LETTERS = 2000  # of one cell


class Paper(FPDF):
    """One document. Everything is placed below what was drawn before; pages break by themselves."""

    def __init__(self, head: Head, *, orientation: Literal["portrait", "landscape"] = "portrait") -> None:
        must_have_font()
        super().__init__(orientation=orientation, format="A4")
        self.head = head
        self.set_title(head.title)
        self.set_creator("fiducial")
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(True, margin=16)
        self.add_font(FAMILY, fname=str(FONT))
        self.set_font(FAMILY, size=9)
        self.add_page()

    # Every page

    def header(self) -> None:
        """Draw the head of a page."""
        head = self.head
        self._ink(INK)
        self.set_font_size(14)
        self.cell(self.epw * 0.72, 7, head.title, new_x="LEFT", new_y="NEXT")
        top = self.get_y()
        self._ink(GREY)
        self.set_font_size(9)
        self.cell(self.epw * 0.72, 5, head.subtitle)
        self.set_xy(self.l_margin + self.epw * 0.72, self.t_margin)
        self._ink(INK)
        self.set_font_size(10)
        self.cell(self.epw * 0.28, 7, head.number, align="R")
        self.set_xy(self.l_margin + self.epw * 0.72, top)
        self._ink(GREY)
        self.set_font_size(8)
        self.cell(self.epw * 0.28, 5, head.revision, align="R")
        self.set_draw_color(*INK)
        self.set_line_width(0.4)
        self.line(self.l_margin, top + 6.5, self.l_margin + self.epw, top + 6.5)
        self.set_xy(self.l_margin, top + 9)
        self._plain()

    def footer(self) -> None:
        """Draw the foot of a page: who printed it, page x of y."""
        self.set_y(-12)
        self._ink(GREY)
        self.set_font_size(7.5)
        self.cell(self.epw * 0.75, 5, self.head.said)
        self.cell(self.epw * 0.25, 5, f"{self.page_no()} / {{nb}}", align="R")
        if self.head.seal:
            self.set_xy(self.l_margin, -8.5)
            self.set_font_size(6.5)
            self.cell(self.epw, 4, self.head.seal)
        self._plain()

    # What stands on it

    def section(self, title: str) -> None:
        """Begin a section, on the next page when only its title would fit."""
        if self.will_page_break(22):
            self.add_page()
        self.ln(2)
        self.set_font_size(10.5)
        self.cell(self.epw, 7, title, new_x="LMARGIN", new_y="NEXT")
        self._plain()

    def facts(self, pairs: Sequence[tuple[str, str]], *, columns: int = 2) -> None:
        """Draw labels and values in a grid with lines, as forms have them; a long value takes a whole row."""
        rows: list[list[tuple[str, str]]] = []
        for pair in pairs:
            wide = len(pair[1]) > 44 / columns * 2 or "\n" in pair[1]
            if wide or not rows or len(rows[-1]) >= columns or rows[-1][0][1].startswith("\u200b"):
                rows.append([])
            rows[-1].append((pair[0], f"\u200b{pair[1]}" if wide else pair[1]))
        widths = (34.0, self.epw / columns - 34.0) * columns
        with self._grid(widths) as grid:
            for row in rows:
                line = grid.row()
                wide = row[0][1].startswith("\u200b")
                for place, (label, value) in enumerate(row):
                    line.cell(label, style=FontFace(color=GREY, fill_color=SHADE))
                    last = place == len(row) - 1
                    line.cell(
                        _told(value.lstrip("\u200b")) or "–",
                        colspan=2 * columns - 2 * place - 1 if last and (wide or len(row) < columns) else 1,
                    )
        self.ln(2)

    def rows(self, columns: Sequence[Column], rows: Sequence[Sequence[str]], *, empty: str = "–") -> None:
        """Draw a table; its headings are repeated on every page."""
        whole = sum(column.share for column in columns)
        widths = tuple(self.epw * column.share / whole for column in columns)
        self.set_font_size(8)
        with self._grid(widths, aligns=tuple(column.align for column in columns), headed=True) as grid:
            grid.row([column.label for column in columns])
            for row in rows:
                grid.row([_told(value) for value in row])
            if not rows:
                grid.row().cell(empty, colspan=len(columns), align="CENTER")
        self._plain()
        self.ln(2)

    def said(self, text: str, *, size: float = 9) -> None:
        """Write a paragraph."""
        self.set_font_size(size)
        self.multi_cell(self.epw, size * 0.55, _told(text), new_x="LMARGIN", new_y="NEXT")
        self._plain()
        self.ln(1)

    def verdict(self, text: str, *, good: bool) -> None:
        """Write a judgement in a frame, green or red."""
        colour = GREEN if good else RED
        self._ink(colour)
        self.set_draw_color(*colour)
        self.set_font_size(11)
        self.cell(
            min(self.get_string_width(text) + 10, self.epw), 8, text, border=1, align="C", new_x="LMARGIN", new_y="NEXT"
        )
        self._plain()
        self.ln(2)

    def signatures(self, signed: Sequence[Signed]) -> None:
        """Draw one box for each signature, three in a row; an empty one leaves room to sign on paper."""
        width, height, top = self.epw / 3, 19.0, self.get_y()
        for place, one in enumerate(signed):
            if place % 3 == 0:
                if self.will_page_break(height + 2):
                    self.add_page()
                top = self.get_y()
            left = self.l_margin + width * (place % 3)
            self.set_draw_color(*LINE)
            self.rect(left, top, width - 2, height)
            for down, size, colour, text in (
                (1.5, 8, GREY, one.meaning),
                (6.5, 11, INK, one.name),
                (12.5, 7.5, GREY, f"{one.at}  {one.note}".strip()),
            ):
                self.set_xy(left + 2, top + down)
                self._ink(colour)
                self.set_font_size(size)
                self.cell(width - 6, 5, _cut(self, text, width - 6))
            if place % 3 == 2 or place == len(signed) - 1:
                self.set_xy(self.l_margin, top + height + 2)
        self._plain()

    # What a scanner reads

    def barcode(self, text: str, *, x: float, y: float, width: float, height: float = 12.0) -> None:
        """Draw a text as Code 128 with the text below it; nothing for what bars cannot say (draw a QR code then)."""
        if not code128.fits(text):
            return
        module = width / code128.modules(text)
        self.set_fill_color(0)
        for place, wide in code128.bars(text):
            self.rect(x + place * module, y, wide * module, height, style="F")
        self.set_xy(x, y + height + 0.5)
        self.set_font_size(8)
        self.cell(width, 4, text, align="C")
        self._plain()

    def qr(self, text: str, *, x: float, y: float, size: float = 24.0) -> None:
        """Draw a text as a QR code."""
        code = segno.make(text, error="m", micro=False)
        module = size / code.symbol_size(border=2)[0]
        self.set_fill_color(0)
        for down, line in enumerate(code.matrix_iter(border=2)):
            for across, dark in enumerate(line):
                if dark:
                    self.rect(x + across * module, y + down * module, module + 0.01, module + 0.01, style="F")
        self._plain()

    def finished(self) -> bytes:
        """Give the file."""
        return bytes(self.output())

    # Ways of drawing

    def _grid(self, widths: Sequence[float], *, aligns: Any = "LEFT", headed: bool = False) -> Any:
        self.set_draw_color(*LINE)
        self.set_line_width(0.2)
        return self.table(
            col_widths=tuple(widths), width=self.epw, text_align=aligns, line_height=TABLE_LINE, padding=(0.7, 1.5), first_row_as_headings=headed,
            headings_style=FontFace(color=INK, fill_color=SHADE), borders_layout=TableBordersLayout.ALL,
        )  # fmt: skip

    def _ink(self, colour: tuple[int, int, int]) -> None:
        self.set_text_color(*colour)

    def _plain(self) -> None:
        self.set_font_size(9)
        self.set_text_color(*INK)
        self.set_draw_color(*LINE)
        self.set_line_width(0.2)


def _told(text: str) -> str:
    """Give a text as it is printed: nothing that a page could not hold."""
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 1] + "…"


def _cut(paper: FPDF, text: str, width: float) -> str:
    """Give as much of a text as fits into one line."""
    while text and paper.get_string_width(text) > width:
        text = text[:-2].rstrip("…") + "…"
    return text
