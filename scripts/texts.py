"""The catalogues of texts: collect them from the source, translate, check, compile.

    python scripts/texts.py extract              collect the texts of the source into both catalogues
    python scripts/texts.py translate FILE.json  {"English text": "中文", …} into the Chinese catalogue
    python scripts/texts.py missing              print what has no Chinese yet, as JSON to be filled in
    python scripts/texts.py prune                drop the translations that the source no longer uses
    python scripts/texts.py check                fail when a text is missing, doubtful, left over or not collected
    python scripts/texts.py compile              make the .mo files, which are not committed

Several people may run it at once in one checkout: everything that writes holds one lock and replaces whole files.
No line numbers and a fixed order: two branches that each add a text then meet without a conflict.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "src/fiducial/locale"
LOCALES = ("zh_CN", "en")
KEYWORDS = DEFAULT_KEYWORDS | {"N_": None, "Text": None}
Id = str | tuple[str, ...]
PLACEHOLDER = re.compile(r"%\(\w+\)\d*[a-z]|\{\w*\}")


@contextmanager
def locked() -> Iterator[None]:
    with (LOCALE / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def catalogue_path(locale: str) -> Path:
    return LOCALE / locale / "LC_MESSAGES" / "fiducial.po"


def load(locale: str) -> Catalog:
    path = catalogue_path(locale)
    if not path.exists():
        return fresh(locale)
    with path.open("rb") as stream:
        return read_po(stream, locale=locale)


def fresh(locale: str) -> Catalog:
    """An empty catalogue whose header carries no date and no name: neither says anything that git does not."""
    catalogue = Catalog(locale=locale, project="fiducial", fuzzy=False)
    catalogue.header_comment = f"# Texts of fiducial, {locale}. Collected by scripts/texts.py."
    return catalogue


def save(catalogue: Catalog, path: Path) -> None:
    """Write aside and rename, so that a reader never meets half a catalogue."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, suffix=".po")
    with os.fdopen(descriptor, "wb") as stream:
        write_po(stream, catalogue, width=120, sort_output=True, no_location=True, ignore_obsolete=False)
    text = Path(name).read_text("utf-8")
    text = re.sub(r'^"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Report-Msgid-Bugs-To|'
                  r'Generated-By): .*\\n"\n', "", text, flags=re.MULTILINE)  # fmt: skip
    Path(name).write_text(text, "utf-8")
    Path(name).chmod(0o644)
    Path(name).replace(path)


def collect() -> set[Id]:
    """Every text in the source; a plural is a pair."""
    with (ROOT / "babel.cfg").open() as stream:
        methods, options = parse_mapping_cfg(stream)  # type: ignore[no-untyped-call]
    found = extract_from_dir(ROOT, methods, options, keywords=KEYWORDS)
    return {tuple(text) if isinstance(text, (tuple, list)) else text for _file, _line, text, _notes, _context in found}


def key_of(text: Id) -> str:
    return text if isinstance(text, str) else text[0]


def extract(*, keep_unused: bool = True) -> int:
    """What the source no longer uses is set aside, not lost: somebody else may be in the middle of an edit."""
    with locked():
        texts = collect()
        for locale in LOCALES:
            old, new = load(locale), fresh(locale)
            known = old.obsolete | {key_of(as_id(message)): message for message in old if message.id}
            for text in texts:
                kept = known.pop(key_of(text), None)
                # A text that turned from single to plural keeps nothing: its old translation has another shape.
                usable = kept is not None and kept.pluralizable == isinstance(text, tuple) and bool(kept.string)
                new.add(text, string=text if locale == "en" else kept.string if usable and kept else None)
            if keep_unused and locale != "en":
                new.obsolete.update((key, message) for key, message in known.items() if message.string)
            save(new, catalogue_path(locale))
    left = sum(1 for _ in untranslated(load("zh_CN")))
    print(f"{len(texts)} texts, {left} without Chinese")
    return 0


def as_id(message: Message) -> Id:
    return tuple(message.id) if isinstance(message.id, (tuple, list)) else message.id


def untranslated(catalogue: Catalog) -> Iterator[Message]:
    for message in catalogue:
        strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        if message.id and not all(strings):
            yield message


def name_of(message: Message) -> str:
    return key_of(as_id(message))


def translate(source: Path) -> int:
    """Merge translations; a message that the source does not have is named and refused, for it is a misspelling."""
    wanted: dict[str, str] = json.loads(source.read_text("utf-8"))
    extract()
    unknown = []
    with locked():
        catalogue = load("zh_CN")
        for text, chinese in wanted.items():
            message = catalogue.get(text)
            if message is None:
                unknown.append(text)
            elif chinese:
                message.string = (chinese,) if message.pluralizable else chinese
        save(catalogue, catalogue_path("zh_CN"))
    for text in unknown:
        print(f"not in the source: {text!r}", file=sys.stderr)
    left = sum(1 for _ in untranslated(load("zh_CN")))
    print(f"{len(wanted) - len(unknown)} translated, {left} still without Chinese")
    return 1 if unknown else 0


def faults() -> Iterator[str]:
    texts = collect()
    for locale in LOCALES:
        catalogue = load(locale)
        messages = [message for message in catalogue if message.id]
        held = {as_id(message) for message in messages}
        yield from (f"{locale}: not collected (run extract): {text!r}" for text in texts - held)
        yield from (f"{locale}: no longer in the source (run extract): {text!r}" for text in held - texts)
        yield from (f"{locale}: not translated: {name_of(m)!r}" for m in untranslated(catalogue))
        yield from (f"{locale}: fuzzy: {name_of(m)!r}" for m in messages if m.fuzzy)
        yield from (f"{locale}: unused (run prune): {text!r}" for text in catalogue.obsolete)
        yield from (f"{locale}: placeholders differ: {name_of(m)!r}" for m in messages if placeholders_differ(m))


def placeholders_differ(message: Message) -> bool:
    """A translation that drops `%(count)s` shows nothing; one that invents a name fails when it is shown."""
    ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
    strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    expected = {hit for text in ids for hit in PLACEHOLDER.findall(text)}
    return any(set(PLACEHOLDER.findall(text)) != expected for text in strings if text)


def check() -> int:
    with locked():
        found = sorted(faults())
    for fault in found:
        print(fault, file=sys.stderr)
    print(f"{len(found)} faults in the texts" if found else "texts are complete")
    return 1 if found else 0


def missing() -> int:
    extract()
    print(json.dumps({name_of(m): "" for m in untranslated(load("zh_CN"))}, ensure_ascii=False, indent=1))
    return 0


def compile_all() -> int:
    with locked():
        for locale in LOCALES:
            target = catalogue_path(locale).with_suffix(".mo")
            descriptor, name = tempfile.mkstemp(dir=target.parent)
            with os.fdopen(descriptor, "wb") as stream:
                write_mo(stream, load(locale))
            Path(name).chmod(0o644)
            Path(name).replace(target)
    return 0


def main(arguments: list[str]) -> int:
    match arguments:
        case ["extract"]:
            return extract()
        case ["translate", file]:
            return translate(Path(file))
        case ["missing"]:
            return missing()
        case ["check"]:
            return check()
        case ["prune"]:
            return extract(keep_unused=False)
        case ["compile"]:
            return compile_all()
        case _:
            print(__doc__, file=sys.stderr)
            return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
