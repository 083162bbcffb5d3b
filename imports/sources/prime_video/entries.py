"""A file's rows → entries: what was watched, on which day, and what the row says it is."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, tzinfo
from functools import lru_cache, partial
from typing import Final, NamedTuple

from ..accounting import Account
from ..archive import Member
from ..base import Kind
from ..dates import Form, Order, can_be_seen_on, form_of
from ..refusals import refusal
from ..text import open_table
from ..values import is_yes, parse_title, parse_uri
from .episodes import shows
from .files import Format, format_of, meanings, missing
from .marks import clean, kind_of
from .tables import Cells, csv_rows, json_rows
from .times import parse_day

FILMS: Final = {"movie", "film", "película", "filme", "映画", "電影", "电影"}
SERIES: Final = {"series", "serie", "série", "シリーズ", "電影劇集系列", "劇集系列", "剧集系列"}
# Amazon's words for what is no film, as letters alone
NO_FILM: Final = re.compile(
    r"(?:live(?!action)|linear|trailer|promo|teaser|preview|bonus|advert|featurette|commercial)\w*|ads?|clips?|extras?"
)
NOTHING: Final = frozenset(  # how JavaScript and Amazon write an empty cell
    {
        "undefined",
        "not available",
        "not applicable",
        "not provided",
        "n/a",
        "nicht verfügbar",
        "nicht zutreffend",
        "non disponible",
        "non applicable",
        "sans objet",
        "no disponible",
        "no aplicable",
        "no aplica",
        "non disponibile",
        "non applicabile",
        "não disponível",
        "não aplicável",
        "niet beschikbaar",
        "niet van toepassing",
        "該当なし",
        "該当しない",
        "利用不可",
    }
)
GTI = re.compile(r"[\w.:-]{1,200}", re.ASCII)  # without the bar that a key of kind and title has
ZERO = re.compile(r"-.*|[0.,]+")
SECONDS = re.compile(r"(\d{1,9})(?:[.,]\d*)?", re.ASCII)
MOMENT: Final = 120  # seconds: what plays by itself no longer than a trailer was not chosen

MAX_TITLES = 50_000  # each is looked at from several sides, so this is asked before; 30,000 rows are a long life

Row = tuple[int, Cells]
ParseDay = Callable[[str, int | None], tuple[date | None, str]]  # a date and the film's year


class Entry(NamedTuple):
    file: int  # its place among the files
    title: str
    kind: Kind
    day: date | None
    has_episode: bool = False
    gti: str = ""
    image_url: str = ""


def read_entries(member: Member, file: int, account: Account, zone: tzinfo, titles: set[str]) -> list[Entry]:
    """`titles`: of the files before it; those of this one are added."""
    form, rows_read = _open(member, account)
    plain = ((line, {name: _plain(cell, form) for name, cell in cells.items()}) for line, cells in rows_read)
    rows = list(_with_title(_watched(plain, account), account))
    titles.update(cells["title"] for _, cells in rows)
    if len(titles) > MAX_TITLES:
        raise refusal("too_many_films", member.name, most=MAX_TITLES)
    parse = _day_parser(rows, form, account, zone)
    read = (
        _of_script if form in ("script", "list") else partial(_of_amazon, shows({cells["title"] for _, cells in rows}))
    )
    return [read(file, line, cells, _day(line, cells, parse, account), account) for line, cells in rows]


def _open(member: Member, account: Account) -> tuple[Format, Iterator[Row]]:
    if member.suffix == ".json":
        return "script", json_rows(member.read(), account)
    table = open_table(member.read(), member.name)
    account.note_text(table.text)
    form = format_of(table.columns, member.path)
    if columns := missing(meanings(table.columns, form), form):
        raise refusal("columns_missing", member.name, columns=columns)
    return form, csv_rows(table, form, account)


def _plain(cell: str, form: Format) -> str:
    text = cell.strip()
    if form == "activity" and len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1]  # Amazon puts an extra pair around
    return "" if text.casefold() in NOTHING else text


def _watched(rows: Iterable[Row], account: Account) -> Iterator[Row]:
    """The rows that somebody watched and kept: Amazon's newer file lists others, too."""
    for line, cells in rows:
        if is_yes(cells.get("deleted", "")):
            account.skip("deleted_at_amazon")
        elif "seconds" in cells and (_is_no_film(cells["type"]) or _is_no_play(cells)):
            account.skip("not_watched")
        else:
            yield line, cells


@lru_cache(maxsize=256)
def _is_no_film(kind: str) -> bool:
    return NO_FILM.fullmatch("".join(filter(str.isalpha, kind.casefold()))) is not None


def _is_no_play(cells: Cells) -> bool:
    seconds = SECONDS.fullmatch(cells["seconds"])
    is_moment = seconds is not None and int(seconds[1]) < MOMENT and is_yes(cells.get("autoplay", ""))
    return is_moment or ZERO.fullmatch(cells["seconds"]) is not None


def _with_title(rows: Iterable[Row], account: Account) -> Iterator[Row]:
    for line, cells in rows:
        title, fault = parse_title(cells["title"])
        if title:
            yield line, {**cells, "title": title}
        else:
            account.lose(fault, line, cells["title"] or ", ".join(cells.values()))


def _day_parser(rows: Iterable[Row], form: Format, account: Account, zone: tzinfo) -> ParseDay:
    dates = form_of({cells["date"] for _, cells in rows}, date.today()) if form != "legacy" else Form("mdy")
    if dates.note:
        account.note(dates.note)
    return lru_cache(maxsize=None)(partial(_day_or_fault, zone=zone, order=dates.order, today=date.today()))


def _day_or_fault(
    text: str, film_year: int | None, *, zone: tzinfo, order: Order, today: date
) -> tuple[date | None, str]:
    day, fault = parse_day(text, zone, order=order)
    if day and not can_be_seen_on(day, today, film_year):
        return None, "day_impossible"
    return day, fault if day else "date_unreadable"


def _day(line: int, cells: Cells, parse: ParseDay, account: Account) -> date | None:
    day, fault = parse(cells["date"], clean(cells["title"]).year)
    if fault:
        account.note(fault, line, cells["date"])
    return day


def _of_script(file: int, line: int, cells: Cells, day: date | None, account: Account) -> Entry:
    title, has_episode = cells["title"], bool(cells.get("episode"))
    type_ = cells.get("type", "").casefold()
    kind: Kind = "series" if has_episode or type_ in SERIES else "not_a_film" if _is_no_film(type_) else kind_of(title)
    if "type" in cells and not has_episode and kind != "not_a_film" and type_ not in FILMS | SERIES:
        account.note("type_unknown", line, cells["type"])
    gti = cells.get("gti", "")
    return Entry(file, title, kind, day, has_episode, gti if GTI.fullmatch(gti) else "", _link(line, cells, account))


def _link(line: int, cells: Cells, account: Account) -> str:
    link, fault = parse_uri(cells.get("image", ""))
    if fault:
        account.note(fault, line, cells["image"])
    return link or ""


def _of_amazon(
    episodes: dict[str, str], file: int, line: int, cells: Cells, day: date | None, account: Account
) -> Entry:
    title = cells["title"]
    if _is_no_film(cells["type"]):
        return Entry(file, title, "not_a_film", day)
    if title in episodes:
        return Entry(file, episodes[title], "series", day, has_episode=True)
    return Entry(file, title, kind_of(title), day)
