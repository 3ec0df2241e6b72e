"""The manuals inside the program (spec 13.12, page `/help` of 14.2): the files of `docs/manual` and the tables of `docs/reference`.

They are the very files of the repository, shipped in the wheel, set once in each language and kept: nothing here can drift
from what the documents say. What is named on several pages (`/runs`) leads there; HTML in a file is shown, never taken as markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from fiducial.kit.text import Text

HERE: Final = Path(__file__).resolve().parent
SHIPPED: Final = HERE / "docs"  # in a wheel; in a checkout the documents themselves
DOCS: Final = SHIPPED if SHIPPED.is_dir() else HERE.parents[2] / "docs"
FOLDERS: Final[Mapping[str, str]] = {"zh-CN": "zh", "en": "en"}
MANUALS: Final = ("roles", "go-live", "operations", "machines")
REFERENCE: Final[Mapping[str, Text]] = {
    "errors": Text("Refusals"),
    "gates": Text("Gates"),
    "permissions": Text("Permissions"),
    "settings": Text("Settings"),
}
MOST_FOUND: Final = 40
_PAGE = re.compile(r"/[a-z][a-z/-]*")
_NOT_FOR_READERS = re.compile(r"^Made by `scripts/reference\.py`.*\n?", re.MULTILINE)
_MARKS = re.compile(r"[`*|#]+|\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Section:
    """One heading and what stands under it, as written."""

    book: str
    anchor: str
    title: str
    level: int
    lines: Sequence[str]

    @property
    def url(self) -> str:
        """Give where it is read."""
        return f"/help?book={self.book}#{quote(self.anchor)}"


@dataclass(frozen=True, slots=True)
class Book:
    """One manual, or one table of reference, in one language."""

    name: str
    title: str
    html: Markup
    sections: Sequence[Section]


@dataclass(frozen=True, slots=True)
class Found:
    """A line that holds what was asked for."""

    section: Section
    book: str
    line: str


@cache
def books_of(language: str) -> Mapping[str, Book]:
    """Give the manuals in a language, and the tables of reference, which are in both."""
    folder = FOLDERS.get(language, FOLDERS["zh-CN"])
    manuals = {name: set_book(name, DOCS / "manual" / folder / f"{name}.md", folder) for name in MANUALS}
    return manuals | {name: set_book(name, DOCS / "reference" / f"{name}.md", folder) for name in REFERENCE}


@cache
def pictures_of(folder: str) -> Mapping[str, Path]:
    """Give the pictures of a language's manuals by their name: what is not listed here is not served."""
    return {file.name: file for file in sorted((DOCS / "manual" / folder / "pictures").glob("*.png"))}


def about(language: str, path: str) -> list[Section]:
    """Give the sections that name a page, or the page above it: what its question mark leads to."""
    while len(path) > 1:
        named = f"`{path}`"
        found = [
            section for book in books_of(language).values() if book.name in MANUALS
            for section in book.sections if section.level > 1 and any(named in line for line in section.lines)
        ]  # fmt: skip
        if found:
            return found
        path = path.rpartition("/")[0]
    return []


def search(language: str, words: str) -> list[Found]:
    """Give the lines that hold all words, headings first; at most forty."""
    wanted = words.lower().split()
    if not wanted:
        return []
    heads, lines = list[Found](), list[Found]()
    for book in books_of(language).values():
        for section in book.sections:
            if all(word in section.title.lower() for word in wanted):
                heads.append(Found(section, book.title, ""))
            lines += [
                Found(section, book.title, shown) for line in section.lines
                if (shown := _plain(line)) and all(word in shown.lower() for word in wanted)
            ]  # fmt: skip
    return (heads + lines)[:MOST_FOUND]


def _plain(line: str) -> str:
    return " ".join(_MARKS.sub(lambda found: found[1] or " ", line).split()).strip("-: ")


def set_book(name: str, file: Path, folder: str) -> Book:
    """Give a file as a book: its headings named, its links leading to this program; HTML in it is text."""
    source = _NOT_FOR_READERS.sub("", file.read_text(encoding="utf-8"))
    tokens = _marked().parse(source)
    sections = list(_sections(name, tokens, source.splitlines()))
    title = str(REFERENCE[name]) if name in REFERENCE else sections[0].title
    tokens = tokens[3:]  # the page has a heading of its own
    for token in tokens:
        if token.type == "table_open":
            token.attrSet("class", "table table-vcenter")
        for part in token.children or ():
            _lead(part, folder)
        token.children = list(_linked(token.children)) if token.children else token.children
    html = Markup(_marked().renderer.render(tokens, _marked().options, {}))  # noqa: S704 - the parser escapes all HTML
    return Book(name, title, html, sections)


@cache
def _marked() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _sections(name: str, tokens: Sequence[Token], lines: Sequence[str]) -> Iterator[Section]:
    """Give each heading with the lines up to the next, and name it in the page."""
    heads = [(place, token) for place, token in enumerate(tokens) if token.type == "heading_open"]
    seen = set[str]()
    for no, (place, token) in enumerate(heads):
        title = _plain(tokens[place + 1].content)
        anchor = "-".join(re.findall(r"\w+", title.lower())) or f"s{no}"
        anchor = anchor if anchor not in seen else f"{anchor}-{no}"
        seen.add(anchor)
        token.attrSet("id", anchor)
        begins = token.map[1] if token.map else 0
        following = heads[no + 1][1].map if no + 1 < len(heads) else None
        yield Section(name, anchor, title, int(token.tag[1]), lines[begins : following[0] if following else len(lines)])


def _lead(part: Token, folder: str) -> None:
    """Turn what a file points to into addresses of this program."""
    if part.type == "link_open":
        target = str(part.attrGet("href") or "")
        file = target.rpartition("/")[2].split("#")[0].removesuffix(".md")
        if file in (*MANUALS, *REFERENCE):
            part.attrSet("href", f"/help?book={file}")
    elif part.type == "image":
        part.attrSet("src", f"/help/pictures/{folder}/{str(part.attrGet('src')).rpartition('/')[2]}")
        part.attrSet("loading", "lazy")


def _linked(parts: Sequence[Token]) -> Iterator[Token]:
    """Give the parts of a line; a page that is named in it becomes a link to that page."""
    inside = 0
    for part in parts:
        inside += part.nesting if part.type.startswith("link_") else 0
        if part.type == "code_inline" and not inside and _PAGE.fullmatch(part.content) and part.content != "/api":
            yield Token("link_open", "a", 1, attrs={"href": part.content})
            yield part
            yield Token("link_close", "a", -1)
        else:
            yield part
