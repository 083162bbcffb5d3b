"""Dates as spreadsheet programs of many countries write them."""

from datetime import date, timedelta

import pytest

from imports.sources.dates import Order, can_be_seen_on, form_of, parse_date
from imports.sources.month_names import fold, month_of

TODAY = date(2024, 6, 1)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-01-15", date(2024, 1, 15)),
        ("2024-01-15 00:00:00", date(2024, 1, 15)),
        ("2024-01-15T22:00:00Z", date(2024, 1, 15)),
        ("1/2/2024", date(2024, 1, 2)),
        ("01/15/2024", date(2024, 1, 15)),
        ("15/01/2024", date(2024, 1, 15)),
        ("Jan 15, 2024", date(2024, 1, 15)),
        ("September 5, 2024", date(2024, 9, 5)),
        ("30.12.2023", date(2023, 12, 30)),
        ("31.12.2023.", date(2023, 12, 31)),
        ("30-12-2023", date(2023, 12, 30)),
        ("30 12 2023", date(2023, 12, 30)),
        ("2024/1/5", date(2024, 1, 5)),
        ("2024.01.05", date(2024, 1, 5)),
        ("2024. 1. 5.", date(2024, 1, 5)),
        ("2024-1-5", date(2024, 1, 5)),
        ("20240105", date(2024, 1, 5)),
        ("45290", date(2023, 12, 30)),
        ("45290.75", date(2023, 12, 30)),
        ("45290,0", date(2023, 12, 30)),
        ("'2024-01-05", date(2024, 1, 5)),
        ("２０２４/０１/０５", date(2024, 1, 5)),
        ("\u200e30.12.2023", date(2023, 12, 30)),
        ("Saturday, 30.12.2023", date(2023, 12, 30)),
        ("Sa. 30.12.2023", date(2023, 12, 30)),
        ("12/30/2023 (Sat)", date(2023, 12, 30)),
        ("30.12.2023 21:30", date(2023, 12, 30)),
        ("30.12.2023 21.30", date(2023, 12, 30)),
        ("30.12.2023 um 21:30 Uhr", date(2023, 12, 30)),
        ("12/30/2023 9:30 PM", date(2023, 12, 30)),
        ("30/12/2023 21h30", date(2023, 12, 30)),
        ("Thu Jan 13 00:00:00 2011", date(2011, 1, 13)),
        ("2024年1月5日", date(2024, 1, 5)),
        ("2024年01月05日(金)", date(2024, 1, 5)),
        ("2024年1月5日 星期五", date(2024, 1, 5)),
        ("2024年1月5日 午後9:30", date(2024, 1, 5)),
        ("2024년 1월 5일", date(2024, 1, 5)),
        ("2024년 1월 5일 금요일", date(2024, 1, 5)),
    ],
)
def test_date_is_read_however_it_is_written(text: str, day: date) -> None:
    assert parse_date(text) == (day, "")


@pytest.mark.parametrize(
    "text",
    [
        "25 May 2024",
        "25th May 2024",
        "May 25, 2024",
        "May 25th, 2024",
        "Saturday, 25 May 2024",
        "Sat 25 May 2024 21:30",
        "25-May-24",
        "25-May-2024",
        "25/May/2024",
        "2024-May-25",
        "2024 May 25",
        "25 MAY 2024",
        "25. Mai 2024",
        "Samstag, 25. Mai 2024",
        "Sa., 25. Mai 2024",
        "25 mai 2024",
        "sam. 25 mai 2024",
        "25 de mayo de 2024",
        "sábado, 25 de mayo de 2024",
        "25 mag 2024",
        "sab 25 mag 2024",
        "25 de maio de 2024",
        "25 mei 2024",
        "25 maja 2024",
        "den 25 maj 2024",
        "25. maj 2024",
        "25. mai 2024",
        "25. toukokuuta 2024",
        "25. května 2024",
        "25 Mayıs 2024",
        "25 MAYIS 2024",
        "25 мая 2024 г.",
        "25 травня 2024",
        "2024. május 25.",
        "25 五月 2024",
    ],
)
def test_month_is_read_by_its_name_in_many_languages(text: str) -> None:
    assert parse_date(text) == (date(2024, 5, 25), "")


@pytest.mark.parametrize(
    ("word", "month"),
    [
        *[(word, 1) for word in "jan january januar jänner janv enero ene gennaio gen styczen sty ocak led".split()],
        *[(word, 3) for word in "mar march märz mrz mars marzo marzec mrt maart maaliskuu".split()],
        *[(word, 9) for word in "sep sept september septiembre settembre set wrzesień eylül září".split()],
        *[(word, 11) for word in "nov listopad listopadu marraskuu kasım ноября".split()],
        *[(word, 12) for word in "dec dez déc dic aralık gru декабря".split()],
        ("ma", 0),
        ("foo", 0),
        ("juxx", 0),
    ],
)
def test_short_and_long_names_of_months_are_known(word: str, month: int) -> None:
    assert month_of(fold(word)) == month


@pytest.mark.parametrize("day", [1, 2, 3, 4, 11, 21, 22, 23, 31])
def test_english_and_french_ordinals_are_read(day: int) -> None:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th") if day != 11 else "th"
    assert parse_date(f"{day}{ending} January 2024")[0] == date(2024, 1, day)
    assert parse_date(f"{day}er janvier 2024")[0] == date(2024, 1, day)


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-30",
        "yesterday",
        "Foo 1, 2024",
        "0/0/2024",
        "00.00.0000",
        "May 2024",
        "2024",
        "99999",
        "123",
        "2024-13-01",
        "31 February 2024",
        "1/2/3",
        "1.2.3.2024",
        "25 May June 2024",
        "30.12.2023 99:99:99:99",
        "9" * 5000,
        "1/" * 5000,
        "a " * 5000,
    ],
)
def test_date_that_cannot_be_read_is_unknown(text: str) -> None:
    assert parse_date(text) == (None, "date_unreadable")


def test_blank_date_is_unknown_without_a_fault() -> None:
    assert parse_date("  ") == (None, "")


@pytest.mark.parametrize(
    ("order", "day"), [("mdy", date(2003, 1, 2)), ("dmy", date(2003, 2, 1)), ("ymd", date(2001, 2, 3))]
)
@pytest.mark.parametrize("separator", "/.-")
def test_order_says_what_each_part_is(order: Order, day: date, separator: str) -> None:
    assert parse_date(separator.join(("01", "02", "03")), order) == (day, "")


def test_year_of_two_digits_is_never_ahead() -> None:
    this_year = date.today().year
    assert parse_date(f"30.12.{this_year % 100:02}", "dmy")[0] == date(this_year, 12, 30)
    assert parse_date(f"30.12.{(this_year + 1) % 100:02}", "dmy")[0] == date(this_year - 99, 12, 30)


@pytest.mark.parametrize(
    ("texts", "order", "note"),
    [
        (["1/2/2024", "13/2/2024"], "dmy", ""),
        (["1/2/2024", "2/13/2024"], "mdy", ""),
        (["1/2/2024", ""], "mdy", "dates_taken_as_american"),
        (["1.2.2024"], "dmy", "dates_taken_as_day_first"),
        (["1-2-2024"], "dmy", "dates_taken_as_day_first"),
        (["2.13.2024", "1.2.2024"], "mdy", ""),
        (["12-30-2023", "1-5-2024"], "mdy", ""),
        (["1/5/24", "12/30/23"], "mdy", ""),
        (["5/1/24", "30/12/23"], "dmy", ""),
        (["24-01-05", "23-12-30"], "ymd", ""),
        (["32-01-05", "24-01-05"], "ymd", ""),
        (["24-01-05", "24-01-06", "23-12-20"], "ymd", "dates_taken_as_year_first"),
        (["05.01.24", "31.01.24"], "dmy", ""),
        (["24-01-31", "24-02-05"], "ymd", ""),
        (["05-01-24", "06-01-24", "07-02-24"], "dmy", "dates_taken_as_day_first"),
        (["5/5/2024", "1/1/2024"], "mdy", ""),
        (["13/1/2024", "1/13/2024", "2/13/2024"], "mdy", "dates_in_two_forms"),
        (["3/12/2023"], "mdy", "dates_taken_as_american"),
        (["3/12/2024"], "mdy", ""),
        (["5/12/2024", "6/11/2023"], "mdy", ""),
        (["12/5/2024", "5/12/2024"], "mdy", "dates_in_two_forms"),
        (["2024/01/05", "2024-01-15", "25 May 2023", ""], "mdy", ""),
        ([], "mdy", ""),
    ],
)
def test_all_dates_together_tell_the_order_of_their_parts(texts: list[str], order: str, note: str) -> None:
    assert form_of(texts, TODAY) == (order, note)


def test_order_that_would_bring_days_to_come_is_not_it() -> None:
    assert form_of(["12/05/2024", "01/06/2024"], TODAY) == ("dmy", "")


@pytest.mark.parametrize(
    "day", ["0001-01-01", "1600-01-01", "1887-12-31", "1899-12-30", "1900-01-01", "1969-12-31", "1970-01-01"]
)
def test_day_before_films_or_of_no_day_is_none(day: str) -> None:
    assert not can_be_seen_on(date.fromisoformat(day), TODAY)


@pytest.mark.parametrize(("day", "is_possible"), [("2000-12-31", False), ("2001-01-01", True), ("2003-05-05", True)])
def test_film_is_seen_at_most_one_year_before_its_own(day: str, is_possible: bool) -> None:
    assert can_be_seen_on(date.fromisoformat(day), TODAY, 2002) is is_possible


@pytest.mark.parametrize(("ahead", "is_possible"), [(0, True), (1, True), (2, False), (400, False)])
def test_day_ahead_is_none_but_for_tomorrow(ahead: int, is_possible: bool) -> None:
    assert can_be_seen_on(TODAY + timedelta(days=ahead), TODAY) is is_possible
