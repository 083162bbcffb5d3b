"""Exports of an invented account, so that everything can be tried before one's own has arrived.

Their links have the form of Letterboxd's, with numbers far beyond any that it has given out.
"""

import zipfile
from io import BytesIO
from pathlib import Path

LETTERBOXD_NAME = "letterboxd-sample.zip"
LETTERBOXD_FILES = Path(__file__).with_name("letterboxd")


def letterboxd_zip() -> bytes:
    """The sample export as Letterboxd would pack it; the same bytes every time."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(LETTERBOXD_FILES.rglob("*.csv")):
            member = zipfile.ZipInfo(path.relative_to(LETTERBOXD_FILES).as_posix())  # without the file's own time
            archive.writestr(member, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
