"""Why an upload can't be taken: code → HTTP status and the sentence that says what is wrong and what to do."""

from typing import Literal

from .base import SourceError, gettext_noop

Status = Literal[400, 413, 422]

REFUSALS: dict[str, tuple[Status, str]] = {
    "nothing_sent": (
        400,
        gettext_noop("No file was sent: choose the ZIP that Letterboxd gave you, or your Prime Video watch history."),
    ),
    "wrong_type": (
        400,
        gettext_noop(
            "“%(file)s” is not something we can read: send the ZIP that Letterboxd gave you or the CSV files "
            "from inside it, or your Prime Video watch history as a CSV, JSON or ZIP file."
        ),
    ),
    "empty": (400, gettext_noop("“%(file)s” is empty: export your data again and send the new file.")),
    "columns_missing": (
        400,
        gettext_noop(
            "“%(file)s” lacks the columns %(columns)s: send the file as it was when you got it, with its first line."
        ),
    ),
    "other_format": (
        400,
        gettext_noop(
            "“%(file)s” looks like %(format)s, which we can't read: send the ZIP that Letterboxd gave you, "
            "or your Prime Video watch history."
        ),
    ),
    "watch_events": (
        400,
        gettext_noop(
            "“%(file)s” is Amazon's list of watch events, which has one row a title and not every viewing: send "
            "Viewing History.csv, which lies beside it, or the whole ZIP that Amazon gave you."
        ),
    ),
    "no_films": (
        400,
        gettext_noop(
            "There are no seen, rated, liked or reviewed films in “%(file)s”: send the ZIP that Letterboxd gave you "
            "or its watched.csv, or your Prime Video watch history."
        ),
    ),
    "prime_elsewhere": (
        422,
        gettext_noop(
            "“%(file)s” is an Amazon Prime Video history: sign in, then choose the file again in Settings under "
            "Import Watch History (API: /api/v1/import/amazon-prime/upload/)."
        ),
    ),
    "letterboxd_elsewhere": (
        422,
        gettext_noop(
            "“%(file)s” is from Letterboxd, or a list such as its import takes: send it on the front page instead "
            "(API: /api/upload)."
        ),
    ),
    "export_is_a_persons": (
        422,
        gettext_noop(
            "“%(file)s” holds an Amazon Prime Video import, which belongs to an account: sign in, "
            "then choose the file again."
        ),
    ),
    "library_is_a_persons": (
        422,
        gettext_noop("“%(file)s” holds a whole library, which belongs to an account: sign in, then choose it again."),
    ),
    "library_elsewhere": (
        422,
        gettext_noop(
            "“%(file)s” is a whole library of Reelkeeper: send it on the front page instead (API: /api/upload)."
        ),
    ),
    "not_our_export": (
        422,
        gettext_noop(
            "“%(file)s” is not an export of Reelkeeper: send it on the front page instead (API: /api/upload)."
        ),
    ),
    "export_alone": (
        422,
        gettext_noop("“%(file)s” is an export of Reelkeeper: send it alone, one at a time."),
    ),
    "export_later": (
        422,
        gettext_noop(
            "“%(file)s” was written by a later version of Reelkeeper (format %(version)s): bring this installation up "
            "to date, then send it again."
        ),
    ),
    "export_cut": (
        422,
        gettext_noop(
            "“%(file)s” is damaged or only a part of an export: it can't be read from line %(line)s on, so download it "
            "again."
        ),
    ),
    "export_edited": (
        422,
        gettext_noop(
            "Line %(line)s of “%(file)s” can't be read, because “%(field)s” is not what an export of Reelkeeper has "
            "there: send the file as it was when you downloaded it."
        ),
    ),
    "update_of_review": (
        422,
        gettext_noop(
            "An Amazon Prime Video import is not updated: upload the newer history as a new review, and what you "
            "decided before is known there."
        ),
    ),
    "update_by_prime": (
        422,
        gettext_noop("“%(file)s” is an Amazon Prime Video history, and this import is from Letterboxd."),
    ),
    "update_by_export": (
        422,
        gettext_noop(
            "“%(file)s” is an export of Reelkeeper, which becomes an import of its own: send it on the front page."
        ),
    ),
    "another_account": (
        422,
        gettext_noop(
            "“%(file)s” seems to be another person's: of its %(entries)s diary entries from the same time this import "
            "has %(common)s, and of %(films)s films rated in both %(different)s have another rating; if it is yours, "
            "tick “It is mine” and choose it again."
        ),
    ),
    "too_large": (
        413,
        gettext_noop("“%(file)s” is too large: at most %(megabytes)s MB can be sent at a time."),
    ),
    "too_many_rows": (
        413,
        gettext_noop("“%(file)s” brings more than %(most)s lines: send only the files with your film history."),
    ),
    "too_many_films": (
        413,
        gettext_noop("“%(file)s” holds more than %(most)s films: send your own export, a part of it at a time."),
    ),
    "too_much_to_read": (
        413,
        gettext_noop("“%(file)s” takes more memory or time to read than it may: send it in several parts."),
    ),
    "too_much_text": (
        413,
        gettext_noop("The reviews in “%(file)s” have more than %(most)s characters: send them in several parts."),
    ),
    "too_large_unpacked": (
        413,
        gettext_noop("“%(file)s” is too large once unpacked: send only the files with your film history."),
    ),
    "too_many_members": (
        413,
        gettext_noop("“%(file)s” holds too many files: send only those with your film history."),
    ),
    "bomb": (
        422,
        gettext_noop(
            "“%(member)s” in “%(file)s” unpacks to far more than it should: send the ZIP as it was when you got it."
        ),
    ),
    "not_a_zip": (
        422,
        gettext_noop("“%(file)s” is not a ZIP that can be opened, or only a part of one: download it again."),
    ),
    "damaged": (
        422,
        gettext_noop("“%(member)s” in “%(file)s” can't be unpacked: download the ZIP again and send that one."),
    ),
    "nested": (
        422,
        gettext_noop("“%(member)s” in “%(file)s” is an archive itself: unpack it and send what is inside."),
    ),
    "encrypted": (422, gettext_noop("“%(file)s” is protected by a password: unpack it and send the CSV files.")),
    "unsafe_name": (
        422,
        gettext_noop("“%(file)s” holds a file with an unsafe name: send the ZIP as it was when you got it."),
    ),
    "not_text": (422, gettext_noop("“%(file)s” is not a text file: send it as it was when you got it.")),
    "nul_bytes": (
        422,
        gettext_noop("“%(file)s” is filled with empty bytes, so it is damaged: download your export again."),
    ),
    "disguised": (
        422,
        gettext_noop("“%(file)s” is %(what)s, whatever its name says: save it as CSV, or send the file inside it."),
    ),
    "json_called_csv": (
        422,
        gettext_noop("“%(file)s” is JSON, whatever its name says: rename it to end in .json, then send it again."),
    ),
    "csv_called_json": (
        422,
        gettext_noop("“%(file)s” is no JSON, whatever its name says: if it is a table, rename it to end in .csv."),
    ),
    "code_page_unknown": (
        422,
        gettext_noop("The letters with accents in “%(file)s” can't be told: save it as UTF-8, then send it again."),
    ),
    "conflict_markers": (
        422,
        gettext_noop("“%(file)s” holds two versions at once (lines with <<<<<<< and >>>>>>>): send one of them."),
    ),
    "row_too_wide": (
        422,
        gettext_noop("Line %(line)s of “%(file)s” has more than 1,000 columns: send it as it was when you got it."),
    ),
    "cut": (
        422,
        gettext_noop(
            "“%(file)s” ends in the middle of the row on line %(line)s, so it was cut short: download it again."
        ),
    ),
    "several_services": (
        422,
        gettext_noop(
            "“%(file)s” is from Letterboxd and “%(other)s” from Prime Video: send the files of one service at a time."
        ),
    ),
    "bad_json": (
        422,
        gettext_noop("“%(file)s” is damaged JSON or only a part of it: export your watch history again, best as CSV."),
    ),
    "other_json": (
        400,
        gettext_noop(
            "“%(file)s” is JSON, but not the list that the Prime Video export script writes: "
            "export your watch history again, best as CSV."
        ),
    ),
}


def refusal(code: str, file: str = "", **params: object) -> SourceError:
    status, sentence = REFUSALS[code]
    return SourceError(sentence, code=code, status=status, file=file, **params)
