"""What a file is, whatever its name says: told from its first bytes, so that a refusal can name it."""

import re
from typing import Final

from .base import gettext_noop

BEGINNINGS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"%PDF", gettext_noop("a PDF")),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", gettext_noop("an Excel workbook")),
    (b"\x1f\x8b", gettext_noop("a GZIP archive")),
    (b"7z\xbc\xaf\x27\x1c", gettext_noop("a 7z archive")),
    (b"Rar!\x1a\x07", gettext_noop("a RAR archive")),
    (b"BZh", gettext_noop("a BZIP2 archive")),
    (b"\xfd7zXZ\x00", gettext_noop("an XZ archive")),
    (b"SQLite format 3\x00", gettext_noop("a database")),
    (b"\x89PNG", gettext_noop("a picture")),
    (b"\xff\xd8\xff", gettext_noop("a picture")),
    (b"GIF8", gettext_noop("a picture")),
    (b"PAR1", gettext_noop("a Parquet file")),
    (b"bplist", gettext_noop("a property list")),
    (b"{\\rtf", gettext_noop("a text document")),
)
ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
# by what stands in the first part of a ZIP, whose names are not packed
OFFICE: Final[tuple[tuple[bytes, str], ...]] = (
    (b"xl/", gettext_noop("an Excel workbook")),
    (b"opendocument.spreadsheet", gettext_noop("a LibreOffice spreadsheet")),
    (b"Index/Document.iwa", gettext_noop("a Numbers spreadsheet")),
    (b"word/", gettext_noop("a Word document")),
)
MARKUP = re.compile(rb"\s*(?:<!doctype html|<html|<head|<\?xml[^>]*>\s*<html)", re.IGNORECASE)
XML = re.compile(rb"\s*<\?xml", re.IGNORECASE)
JSON = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\{\s*["}]|\[\s*[\[{"\]])')
LOOKED_AT: Final = 8_192


def disguise(data: bytes) -> str:
    """What these bytes are that is no table and no JSON, in English and marked for translation; "" where nothing
    speaks against text."""
    head = data[:LOOKED_AT]
    if head.startswith(ZIP):
        return next((name for sign, name in OFFICE if sign in data[-LOOKED_AT:] + head), gettext_noop("a ZIP"))
    if MARKUP.match(head):
        return gettext_noop("a web page")
    if XML.match(head):
        return gettext_noop("an XML file")
    return next((name for sign, name in BEGINNINGS if head.startswith(sign)), "")


def is_json(data: bytes) -> bool:
    return bool(JSON.match(data[:LOOKED_AT]))
