"""Labelled sets: CSV files with the columns `text` and `label`, read row by row and checked."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple, TextIO

LABELS: Final = {"spam": True, "ham": False}
COLUMNS: Final = ("text", "label")
LONGEST: Final = 1_000_000  # characters of a line, and of a field of many lines
TOO_LONG: Final = f"a field or line has {LONGEST:,} characters or more"
UNDECODED: Final = re.compile("[\udc80-\udcff]")


class LabelledSetError(Exception):
    """What is wrong with a file, and in which line, as one sentence."""


class Labelled(NamedTuple):
    """One row."""

    text: str
    is_spam: bool


def read_labelled(path: Path) -> Iterator[Labelled]:
    """The rows of a file in order; at no time more than one of them in memory.

    Raises LabelledSetError when it comes to what can't be read.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            yield from _rows(path, file)
    except OSError as error:
        raise LabelledSetError(f"{path} can't be read: {error.strerror}.") from error


def _rows(path: Path, file: TextIO) -> Iterator[Labelled]:
    before = csv.field_size_limit(LONGEST)
    try:
        lines = Lines(path, file)
        yield from _labelled(path, csv.reader(lines, strict=True), lines)
    finally:
        csv.field_size_limit(before)


def _labelled(path: Path, reader: Iterator[list[str]], lines: "Lines") -> Iterator[Labelled]:
    columns: tuple[int, int] | None = None
    width, many, line = 0, 0, 1
    while (row := _next(path, reader, line)) is not None:
        started, line = line, lines.number
        if not row:
            continue
        if columns is None:
            columns, width = _columns(path, row), len(row)
            continue
        if len(row) != width:
            found = f"{len(row)} field{'' if len(row) == 1 else 's'} where the header has {width}"
            raise LabelledSetError(f"{path}, line {started}: {found}.")
        many += 1
        yield Labelled(row[columns[0]], _label(path, started, row[columns[1]]))
    if columns is None:
        raise LabelledSetError(f"{path} is empty: its first line must name the columns text,label.")
    if not many:
        raise LabelledSetError(f"{path} has a header and no rows below it.")


def _next(path: Path, reader: Iterator[list[str]], line: int) -> list[str] | None:
    try:
        return next(reader, None)
    except csv.Error as error:
        if "field larger" in str(error):
            sentence = TOO_LONG
        elif "end of data" in str(error):
            sentence = "a quotation mark opens a field that no other closes"
        else:
            sentence = f"not CSV ({error})"
        raise LabelledSetError(f"{path}, line {line}: {sentence}.") from error


class Lines:
    """The lines of a file, each checked; `number` is that of the next."""

    def __init__(self, path: Path, file: TextIO) -> None:
        self.path, self.file, self.number = path, file, 1

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        line = self.file.readline(LONGEST)  # with a limit: a file may be one line of gigabytes
        if not line:
            raise StopIteration
        if fault := self._fault(line):
            raise LabelledSetError(f"{self.path}, line {self.number}: {fault}.")
        self.number += line.endswith(("\n", "\r"))
        return line

    def _fault(self, line: str) -> str:
        if self.number == 1 and line.startswith(("\udcff\udcfe", "\udcfe\udcff")):
            return "this is UTF-16; save the file as UTF-8"
        if "\0" in line:
            return "a NUL character, so this is no text or UTF-16; save the file as UTF-8"
        if UNDECODED.search(line):
            return "not UTF-8; save the file as UTF-8"
        return TOO_LONG if len(line) == LONGEST else ""


def _columns(path: Path, header: list[str]) -> tuple[int, int]:
    names = [name.strip().lower() for name in header]
    if any(names.count(name) != 1 for name in COLUMNS):
        shown = ",".join(header)[:80]
        raise LabelledSetError(
            f"{path}, line 1: the first line must name the columns text and label,"
            f" each once, with commas between; it is {shown!r}."
        )
    return names.index("text"), names.index("label")


def _label(path: Path, line: int, label: str) -> bool:
    is_spam = LABELS.get(label.strip().lower())
    if is_spam is None:
        raise LabelledSetError(
            f"{path}, line {line}: the label is {label[:40]!r}; it must be spam or ham."
        )
    return is_spam
