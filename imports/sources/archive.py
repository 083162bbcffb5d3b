"""Uploads → the files in them. Everything stays in memory, and nothing in an archive is believed."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath

from .base import Role, SourceError, Upload
from .refusals import refusal
from .text import MAX_ROW, LineCount, open_table

MB = 1024 * 1024
MAX_NAME = 300
COUNTED = 8 * MB  # bytes whose lines are counted before they are read
HEAD = 64 * 1024  # bytes that are enough for any header
FIRST_LINES = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:[^\r\n]*(?:\r\n?|\n)\s*){0,8}")
ARCHIVES = {".zip", ".gz", ".tgz", ".7z", ".rar", ".tar", ".bz2", ".xz", ".zst"}
READABLE = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # the others can't be unpacked piecewise, so not safely
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError)


@dataclass(frozen=True, slots=True)
class Limits:
    max_bytes: int = 50 * MB
    max_unpacked: int = 200 * MB
    max_members: int = 5_000
    max_ratio: int = 100
    ratio_from: int = MB  # a small file of one repeated row packs that well and harms nobody


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an upload: loose, or inside a ZIP. Nothing is unpacked before `read`."""

    path: str  # inside its ZIP, else the file's own name
    name: str  # what a person calls it; with its ZIP's name when several files were sent
    upload: str  # the name of the file that was sent
    size: int
    role: Role
    is_loose: bool
    read: Callable[[], bytes]

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.path.casefold()).suffix

    def columns(self) -> set[str]:
        """The folded header of a CSV, read from its first line alone; none where it has none that can be read."""
        try:
            head = self.read()[:HEAD]
            lines = FIRST_LINES.match(head) if b"\0" not in head else None  # UTF-16 has a NUL in each line's end
            return set(open_table(lines[0] if lines and lines[0].strip() else head, self.name).columns)
        except SourceError:
            return set()


def open_uploads(uploads: Sequence[Upload], limits: Limits) -> list[Member]:
    if not uploads:
        raise refusal("nothing_sent")
    if sum(upload.size for upload in uploads) > limits.max_bytes:
        largest = max(uploads, key=lambda upload: upload.size)
        raise refusal("too_large", largest.name, megabytes=limits.max_bytes // MB)
    members: list[Member] = []
    for upload in uploads:
        members += _open(upload, limits, is_only=len(uploads) == 1)
    if not members:
        raise refusal("no_films", uploads[0].name)
    if sum(member.size for member in members) > limits.max_unpacked:
        raise refusal("too_large_unpacked", uploads[0].name)
    return members


def _open(upload: Upload, limits: Limits, *, is_only: bool) -> list[Member]:
    if _is_systems_own(upload.name):
        return []
    suffix = PurePosixPath(upload.name.lower()).suffix
    if suffix not in {".csv", ".json", ".zip"}:
        raise refusal("wrong_type", upload.name)
    data = upload.read()
    if not data or data.isspace():
        raise refusal("empty", upload.name)
    if suffix != ".zip":
        name = upload.name[-MAX_NAME:]
        return [Member(upload.name, name, upload.name, len(data), upload.role, True, lambda: data)]
    prefix = "" if is_only else f"{upload.name}/"
    return _open_zip(upload, data, limits, prefix)


def _open_zip(upload: Upload, data: bytes, limits: Limits, prefix: str) -> list[Member]:
    # counted before zipfile makes an object for each of them
    if data.count(b"PK\x01\x02") > limits.max_members:
        raise refusal("too_many_members", upload.name)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except UNREADABLE as exc:
        raise refusal("not_a_zip", upload.name) from exc
    infos = [info for info in archive.infolist() if not _is_junk(info)]
    if not infos:
        raise refusal("no_films", upload.name)
    for info in infos:
        _check(info, upload.name, limits)
    if sum(info.file_size for info in infos) > limits.max_unpacked:
        raise refusal("too_large_unpacked", upload.name)
    return [_member(archive, info, upload, prefix) for info in infos]


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, upload: Upload, prefix: str) -> Member:
    def read() -> bytes:
        try:
            with archive.open(info) as stream:
                return stream.read(info.file_size + 1)  # zipfile stops at the declared size, and checks the sum there
        except UNREADABLE as exc:
            raise refusal("damaged", upload.name, member=info.filename) from exc

    name = (prefix + info.filename)[-MAX_NAME:]
    return Member(info.filename, name, upload.name, info.file_size, upload.role, False, read)


def weight(upload: Upload, limits: Limits) -> tuple[int, int]:
    """How much there is to read: bytes, unpacked, and lines. Lines are counted where there are not too many bytes."""
    if upload.size > limits.max_bytes:
        raise refusal("too_large", upload.name, megabytes=limits.max_bytes // MB)
    if upload.size > COUNTED:
        return upload.size, 0
    members = _open(upload, limits, is_only=True)
    size = sum(member.size for member in members)
    if size > COUNTED:
        return size, 0
    return size, sum(max(data.count(b"\n"), data.count(b"\r")) for data in (member.read() for member in members))


def _is_junk(info: zipfile.ZipInfo) -> bool:
    parts = info.filename.replace("\\", "/").split("/")
    return info.filename.endswith("/") or _is_systems_own(parts[-1]) or "__MACOSX" in parts


def _is_systems_own(name: str) -> bool:
    """Which an operating system laid beside the files: `._watched.csv` holds a Mac's notes on watched.csv."""
    return name.startswith("._") or name.casefold() in {".ds_store", "thumbs.db", "desktop.ini"}


def _check(info: zipfile.ZipInfo, file: str, limits: Limits) -> None:
    if not _is_safe_name(info):
        raise refusal("unsafe_name", file)
    if PurePosixPath(info.filename.lower()).suffix in ARCHIVES:
        raise refusal("nested", file, member=info.filename)
    if info.flag_bits & 0x1:
        raise refusal("encrypted", file)
    if info.compress_type not in READABLE:
        raise refusal("damaged", file, member=info.filename)
    if info.file_size > limits.ratio_from and info.file_size > limits.max_ratio * info.compress_size:
        raise refusal("bomb", file, member=info.filename)


def _is_safe_name(info: zipfile.ZipInfo) -> bool:
    # zipfile cuts a name at its NUL; orig_filename is what the archive really says
    name = info.orig_filename.replace("\\", "/")
    is_odd = name.startswith("/") or name[1:2] == ":" or "\0" in name or ".." in name.split("/")
    return bool(info.filename) and not is_odd


def count_rows(member: Member, rule: str, skipped: LineCount) -> int:
    """The rows of a file that is skipped, however damaged. A list has its rows below a second header."""
    if rule == "profile" or not member.path.casefold().endswith(".csv"):
        return 0
    data = member.read()
    skipped.add(data, member.name)
    text = io.StringIO(data.decode("utf-8-sig", errors="replace"), newline="")
    records = (cells for cells in csv.reader(line[:MAX_ROW] for line in text) if any(cells))
    first = list(islice(records, 5))
    header = next((place for place, cells in enumerate(first) if cells[0] == "Position"), 0)
    return max(len(first) + sum(1 for _ in records) - header - 1, 0)
