"""Parquet: a column of JSON text, found by what it holds or by its name, or else each row as one payload."""

from __future__ import annotations

import json
import re
from itertools import accumulate
from typing import TYPE_CHECKING, Any, BinaryIO

import pyarrow as pa
from pyarrow.parquet import ParquetFile

from docpact.captures import Corrupt, Text, Unreadable
from docpact.lines import BrokenError, closed
from docpact.redact import without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.captures import Read
    from docpact.inputs.source import Source

_ROWS = 64
_DAMAGE = (pa.ArrowException, OSError, ValueError, OverflowError)
_LONGEST = 200
_MOST_GROUP, _MOST_ROW, _MOST_RATIO = 128 * 1024 * 1024, 1024 * 1024, 100
# A text such as "[1]" may be a member of a payload; a payload is an object, or a list of them.
_OBJECTS = re.compile(rb"\s*(?:\[\s*)?\{")
_TEXTS = ("string", "large_string", "string_view", "binary", "large_binary", "binary_view")


def read(source: Source, kind: str) -> Iterator[Read]:  # noqa: ARG001 - every kind is read by the same call
    """Yield one text a row; the line of its place is the number of the row, from 1.

    Where a group of rows is damaged, what stands before the damage is read, and then the next group. Of a file that is read in
    shares, each one has the groups that follow those of the one before; what is wrong with the file, every share says.
    """
    whole = source.seekable()
    if whole is None:
        yield source.too_large("a Parquet file")
        return
    try:
        table = _opened(whole)
        _must_be_no_bomb(table.metadata)
        column = _column(table, source)
        rows = [table.metadata.row_group(group).num_rows for group in range(table.num_row_groups)]
    except _DAMAGE as error:
        yield Corrupt(source.shown, 1, f"the Parquet file is damaged ({_said(error)})")
        return
    if isinstance(column, Unreadable):
        yield column
        return
    nth, of = source.settings.share or (0, 1)
    before = [0, *accumulate(rows)]
    for group in range(len(rows) * nth // of, len(rows) * (nth + 1) // of):
        yield from _group(table, group, column, source, before[group])


def groups(file: BinaryIO) -> int:
    """Count the groups of rows of a file, each of which can be read alone; none where it is damaged."""
    try:
        return int(ParquetFile(file, pre_buffer=False).num_row_groups)
    except (*_DAMAGE, BrokenError):
        return 0


def _group(table: Any, group: int, column: str | None, source: Source, before: int) -> Iterator[Read]:
    """Yield the texts of one group of rows, `before` rows standing in the groups before it."""
    columns = None if column is None else [column]
    number = before
    try:
        for batch in table.iter_batches(batch_size=_ROWS, row_groups=[group], columns=columns, use_threads=False):
            for text in _texts(batch, column):
                number += 1
                yield _text(source, number, text)
    except _DAMAGE as error:
        yield Corrupt(source.shown, number + 1, f"the Parquet file is damaged ({_said(error)})")


def _opened(whole: Any) -> Any:
    """Open a table whose texts stay behind their dictionary: a million rows may share one long text."""
    plain = ParquetFile(whole, pre_buffer=False)
    texts = [field.name for field in plain.schema_arrow if str(field.type) in _TEXTS]
    return ParquetFile(
        whole, metadata=plain.metadata, read_dictionary=texts, pre_buffer=False, buffer_size=1024 * 1024,
        page_checksum_verification=True,
    )  # fmt: skip


def _must_be_no_bomb(told: Any) -> None:
    """Refuse a group of rows of which a page may be larger than memory: few rows, that are large, out of nearly nothing."""
    for number in range(told.num_row_groups):
        group = told.row_group(number)
        size = group.total_byte_size
        if size <= _MOST_GROUP:
            continue
        packed = sum(group.column(at).total_compressed_size for at in range(group.num_columns))
        if size > max(packed * _MOST_RATIO, group.num_rows * _MOST_ROW):
            raise BrokenError(f"a decompression bomb: {group.num_rows:,} rows of {size:,} bytes from {packed:,}; not read")


def _column(table: Any, source: Source) -> str | Unreadable | None:
    """Return the column of JSON text, or None where the columns are the payload's own members."""
    names = [str(name) for name in table.schema_arrow.names]
    texts = [name for name in dict.fromkeys(names) if _is_text(table.schema_arrow.field(names.index(name)).type)]
    wanted = source.settings.column
    if wanted is not None:
        hint = f"columns of text are: {', '.join(texts) or 'none'}"
        return wanted if wanted in texts else Unreadable(source.shown, f"has no column of text {wanted!r}", hint)
    found = []
    if texts:
        first = next(table.iter_batches(batch_size=_ROWS, columns=texts, use_threads=False), None)
        found = [name for name in texts if first is not None and _holds_json(first.column(name))]
    if len(found) > 1:
        return Unreadable(source.shown, f"several columns hold JSON: {', '.join(found)}", f"name one: --column {found[0]}")
    return found[0] if found else None


def _is_text(kind: Any) -> bool:
    return str(kind.value_type if pa.types.is_dictionary(kind) else kind) in _TEXTS


def _holds_json(column: Any) -> bool:
    found = False
    for scalar in column:
        value = _bytes(scalar)
        if value is not None and not (_OBJECTS.match(value) and closed(value)):
            return False
        found |= value is not None
    return found


def _texts(batch: Any, column: str | None) -> Iterator[bytes | None]:
    if column is not None:
        yield from (_bytes(scalar) for scalar in batch.column(column))
        return
    for index in range(batch.num_rows):
        row = {name: batch.column(at)[index].as_py() for at, name in enumerate(batch.schema.names)}
        yield json.dumps(_set(row), ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")


def _bytes(scalar: Any) -> bytes | None:
    value = scalar.as_py()
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value


def _set(value: Any) -> Any:
    """Leave out what is null: a column has a place for each member in each row, also where the member is absent."""
    if isinstance(value, dict):
        return {name: _set(one) for name, one in value.items() if one is not None}
    return [_set(one) for one in value] if isinstance(value, list) else value


def _text(source: Source, number: int, text: bytes | None) -> Text:
    content = text or b""
    if len(content) > source.settings.limit:
        return Text(source.shown, number, None, len(content))
    # A row is a line: line ends inside a text would move the places of what is found in it to other rows.
    if b"\n" in content and closed(content):
        content = content.replace(b"\n", b" ")
    return Text(source.shown, number, content, len(content))


def _said(error: Exception) -> str:
    return " ".join(without_secrets(str(error)).split())[:_LONGEST]
