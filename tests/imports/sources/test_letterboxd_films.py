"""Rows → films and viewings."""

from datetime import date
from decimal import Decimal

import pytest

from imports.sources.base import Upload
from tests.exports import BASE, DIARY, csv_bytes, entry_uri, film_uri, letterboxd_zip, zip_bytes
from tests.imports.sources.reading import Rows, export, only, read, read_text, read_zip, reasons, report

DAY = "2024-01-10"


def film(number: int = 1, title: str = "Film", year: str = "2001", day: str = "2024-01-01") -> list[str]:
    return [day, title, year, film_uri(number)]


def entry(
    number: int = 1,
    title: str = "Film",
    year: str = "2001",
    *,
    day: str = DAY,
    rating: str = "",
    uri: str | None = None,
) -> list[str]:
    return ["2024-01-20", title, year, entry_uri(number) if uri is None else uri, rating, "", "", day]


def review(
    number: int = 1, text: str = "Good.", *, day: str = DAY, rating: str = "", uri: str | None = None
) -> list[str]:
    row = entry(number, day=day, rating=rating, uri=uri)
    return [*row[:6], text, *row[6:]]


def test_diary_row_is_a_viewing_of_the_film_and_no_second_film() -> None:
    movie = only(read_zip(watched=[film()], diary=[entry()]))
    assert (movie.source_key, movie.uri, movie.watched_on) == (film_uri(1), film_uri(1), date(2024, 1, 10))
    assert [viewing.entry_uri for viewing in movie.viewings] == [entry_uri(1)]


def test_all_files_of_one_film_tell_one_film_with_its_four_dates() -> None:
    movie = only(
        read_zip(
            watched=[film(day="2024-01-01")],
            ratings=[[*film(day="2024-01-02"), "4.5"]],
            likes=[film(day="2024-01-03")],
            diary=[entry(day="2024-01-04", rating="3")],
            reviews=[review(day="2024-01-04", rating="3")],
        )
    )
    assert (movie.marked_on, movie.rated_on) == (date(2024, 1, 1), date(2024, 1, 2))
    assert (movie.liked_on, movie.watched_on) == (date(2024, 1, 3), date(2024, 1, 4))
    assert (movie.rating, movie.viewings[0].rating) == (Decimal("4.5"), Decimal(3))


def test_watched_film_without_a_diary_row_has_no_viewing_day() -> None:
    movie = only(read_zip(watched=[film()]))
    assert (movie.watched_on, movie.viewings, movie.is_seen) == (None, [], True)


def test_films_that_share_title_and_year_stay_two_by_their_links() -> None:
    parsed = read_zip(watched=[film(1), film(2)])
    assert sorted(movie.source_key for movie in parsed.movies) == sorted([film_uri(1), film_uri(2)])


def test_diary_row_that_fits_two_films_becomes_its_own_and_is_reported() -> None:
    parsed = read_zip(watched=[film(1), film(2)], diary=[entry(1), entry(2)])
    own = parsed.movies[0]
    assert (len(parsed.movies), own.source_key, own.uri, len(own.viewings)) == (3, "Film|2001", "", 2)
    assert [(note.file, note.line, note.reason) for note in parsed.notes] == [
        ("diary.csv", 2, "several_films"),
        ("diary.csv", 3, "several_films"),
    ]


def test_diary_row_that_fits_no_film_becomes_its_own_and_is_reported() -> None:
    parsed = read_zip(watched=[film()], diary=[entry(title="film"), entry(2, year="2002")])
    assert sorted(movie.source_key for movie in parsed.movies) == ["Film|2002", "film|2001", film_uri(1)]
    assert reasons(parsed) == ["no_such_film", "no_such_film"]


def test_diary_alone_is_keyed_by_title_and_year_without_notes() -> None:
    parsed = read_zip(diary=[entry(1), entry(2), entry(3, year="")])
    assert sorted(movie.source_key for movie in parsed.movies) == ["Film|", "Film|2001"]
    assert [len(movie.viewings) for movie in parsed.movies] == [2, 1]
    assert parsed.notes == []


def test_diary_beside_ratings_alone_is_not_reported_for_unrated_films() -> None:
    parsed = read_zip(ratings=[[*film(), "4"]], diary=[entry(), entry(2, title="Unrated")])
    assert (len(parsed.movies), parsed.notes) == (2, [])


def test_keys_of_title_and_year_do_not_collide() -> None:
    names = [("A|", ""), ("A", ""), ("A|2001", ""), ("A", "2001"), ("A||2001", "2001")]
    parsed = read_zip(diary=[entry(n, title, year) for n, (title, year) in enumerate(names)])
    assert len({movie.source_key for movie in parsed.movies}) == len(names)


def test_key_of_the_longest_title_fits_its_column() -> None:
    assert len(only(read_zip(diary=[entry(title="x" * 500)])).source_key) <= 600


def test_film_row_without_a_link_joins_the_only_film_of_its_name() -> None:
    movie = only(read_zip(watched=[film()], ratings=[["2024-01-02", "Film", "2001", "", "4"]]))
    assert (movie.uri, movie.rating) == (film_uri(1), Decimal(4))


def test_film_row_without_a_link_that_fits_two_films_is_reported() -> None:
    parsed = read_zip(watched=[film(1), film(2)], ratings=[["2024-01-02", "Film", "2001", "", "4"]])
    assert (len(parsed.movies), reasons(parsed)) == (3, ["several_films"])


def test_blank_year_stays_unknown_and_joins_a_blank_year() -> None:
    movie = only(read_zip(watched=[film(year="")], diary=[entry(year="")]))
    assert (movie.year, len(movie.viewings)) == (None, 1)


def test_one_blank_year_does_not_change_the_others() -> None:
    parsed = read_zip(watched=[film(1, "A", ""), film(2, "B", "2009")])
    assert sorted((movie.title, movie.year) for movie in parsed.movies) == [("A", None), ("B", 2009)]


@pytest.mark.parametrize(
    "title",
    ["None", "NA", "null", "nan", "1917", "300", "50/50", "61*", "'71", '"""Coins"""', "Two  Spaces", "Dìdi (弟弟)"],
)
def test_title_survives_exactly(title: str) -> None:
    assert only(read_zip(watched=[film(title=title)], diary=[entry(title=title)])).title == title


def test_titles_of_digits_only_stay_texts() -> None:
    parsed = read_zip(watched=[film(1, "1917"), film(2, "300"), film(3, "007")])
    assert sorted(movie.title for movie in parsed.movies) == ["007", "1917", "300"]


@pytest.mark.parametrize("halves", range(1, 11))
def test_half_stars_survive_exactly(halves: int) -> None:
    movie = only(read_zip(ratings=[[*film(), str(halves / 2)]]))
    assert movie.rating == Decimal(halves) / 2


def test_rating_of_the_film_is_that_of_ratings_csv_before_any_entry() -> None:
    movie = only(read_zip(ratings=[[*film(), "2"]], diary=[entry(rating="5")]))
    assert (movie.rating, movie.viewings[0].rating) == (Decimal(2), Decimal(5))


def test_rating_of_the_film_is_else_that_of_the_newest_rated_entry() -> None:
    entries = [
        entry(1, day="2024-03-01", rating="5"),
        entry(2, day="2024-02-01", rating="1"),
        entry(3, day="2024-04-01"),
    ]
    movie = only(read_zip(watched=[film()], diary=entries))
    assert (movie.rating, movie.rated_on) == (Decimal(5), None)


def test_unreadable_rating_in_ratings_csv_leaves_the_diary_s() -> None:
    parsed = read_zip(ratings=[[*film(), "great"]], diary=[entry(rating="5")])
    assert (only(parsed).rating, reasons(parsed)) == (Decimal(5), ["rating_unreadable"])


def test_liked_film_that_was_never_watched_is_not_seen() -> None:
    parsed = read_zip(watched=[film(1)], likes=[film(1), film(2, "Other")])
    assert [(movie.title, movie.is_seen) for movie in parsed.movies] == [("Film", True), ("Other", False)]


def test_liked_film_with_a_diary_row_is_seen() -> None:
    assert only(read_zip(likes=[film()], diary=[entry()])).is_seen


def test_like_without_a_day_is_reported() -> None:
    parsed = read_zip(watched=[film()], likes=[film(day="")])
    assert (only(parsed).liked_on, reasons(parsed)) == (None, ["like_without_day"])


def test_review_of_a_diary_entry_stands_on_its_viewing() -> None:
    parsed = read_zip(watched=[film()], diary=[entry()], reviews=[review(text="<i>Slow</i>\r\n\r\nbut good")])
    (viewing,) = only(parsed).viewings
    assert viewing.review == "<i>Slow</i>\n\nbut good"
    assert (report(parsed, "reviews.csv").merged, parsed.notes) == (1, [])


def test_review_that_is_not_in_the_diary_is_a_viewing() -> None:
    parsed = read_zip(watched=[film()], diary=[entry(1)], reviews=[review(2, day="2024-02-02")])
    assert [viewing.watched_on for viewing in only(parsed).viewings] == [date(2024, 1, 10), date(2024, 2, 2)]
    assert report(parsed, "reviews.csv").added == 1


def test_review_without_a_day_is_kept_on_a_viewing_of_unknown_day() -> None:
    movie = only(read_zip(watched=[film()], reviews=[review(day="")]))
    assert [(viewing.watched_on, viewing.review) for viewing in movie.viewings] == [(None, "Good.")]
    assert movie.watched_on is None


def test_two_entries_of_one_day_are_two_viewings() -> None:
    assert len(only(read_zip(diary=[entry(1), entry(2)])).viewings) == 2


def test_entries_without_a_link_are_numbered_by_their_day() -> None:
    rows = [entry(uri=""), entry(uri=""), entry(uri="", day="2024-02-02")]
    viewings = only(read_zip(diary=rows)).viewings
    assert [(viewing.watched_on, viewing.number) for viewing in viewings] == [
        (date(2024, 1, 10), 1),
        (date(2024, 1, 10), 2),
        (date(2024, 2, 2), 1),
    ]


def test_review_without_a_link_joins_the_diary_entry_of_its_day() -> None:
    viewings = only(read_zip(diary=[entry(uri=""), entry(uri="")], reviews=[review(uri="")])).viewings
    assert [viewing.review for viewing in viewings] == ["Good.", ""]


def test_rewatch_and_tags_are_read() -> None:
    row = ["2024-01-20", "Film", "2001", entry_uri(1), "", "Yes", "cinema, with ana", DAY]
    (viewing,) = only(read_zip(diary=[row])).viewings
    assert (viewing.rewatch, viewing.tags) == (True, ["cinema", "with ana"])


def test_same_film_twice_in_a_file_is_merged() -> None:
    parsed = read_zip(watched=[film(), film()])
    file = report(parsed, "watched.csv")
    assert (len(parsed.movies), file.added, file.merged, parsed.notes) == (1, 1, 1, [])


def test_film_told_twice_with_another_rating_keeps_the_first_and_is_reported() -> None:
    parsed = read_zip(ratings=[[*film(), "4"], [*film(), "2"]])
    assert (only(parsed).rating, [(note.line, note.reason) for note in parsed.notes]) == (
        Decimal(4),
        [(3, "film_told_differently")],
    )


def test_entry_told_twice_with_another_day_keeps_the_first_and_is_reported() -> None:
    parsed = read_zip(diary=[entry(), entry(day="2024-02-02")])
    (viewing,) = only(parsed).viewings
    assert (viewing.watched_on, report(parsed, "diary.csv").merged) == (date(2024, 1, 10), 1)
    assert [(note.line, note.reason) for note in parsed.notes] == [(3, "entry_told_differently")]


def test_same_entry_of_another_film_makes_no_film() -> None:
    parsed = read_zip(diary=[entry(1), entry(1, title="Other")])
    assert (only(parsed).title, reasons(parsed)) == ("Film", ["entry_told_differently"])


def test_file_sent_twice_is_already_there() -> None:
    files = export(watched=[film()], ratings=[[*film(), "4"]], diary=[entry()], reviews=[review()], likes=[film()])
    parsed = read(Upload("a.zip", zip_bytes(files)), Upload("b.zip", zip_bytes(files)))
    assert [file.already for file in parsed.files] == [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]
    assert (len(only(parsed).viewings), parsed.notes) == (1, [])


def test_next_month_s_export_beside_this_month_s_adds_only_what_is_new() -> None:
    both = read(Upload("may.zip", letterboxd_zip(50)), Upload("june.zip", letterboxd_zip(60)))
    alone = read(Upload("june.zip", letterboxd_zip(60)))
    assert {movie.source_key for movie in both.movies if movie.is_seen} == {
        movie.source_key for movie in alone.movies if movie.is_seen
    }
    assert report(both, "june.zip/watched.csv").already == 50


def test_second_file_of_a_kind_with_another_value_is_merged_and_reported() -> None:
    first, second = export(ratings=[[*film(), "4"]]), export(ratings=[[*film(), "2"]])
    parsed = read(Upload("a.zip", zip_bytes(first)), Upload("b.zip", zip_bytes(second)))
    assert (parsed.files[1].already, parsed.files[1].merged, only(parsed).rating) == (0, 1, Decimal(4))


def test_films_come_newest_watched_first_then_by_the_day_they_were_marked() -> None:
    parsed = read_zip(
        watched=[
            film(1, "Marked first", day="2024-05-01"),
            film(2, "Watched first"),
            film(3, "Marked last", day="2024-05-02"),
            film(4, "Watched last"),
            film(5, "Marked last too", day="2024-05-02"),
        ],
        diary=[entry(1, "Watched first", day="2023-01-01"), entry(2, "Watched last", day="2023-01-02")],
    )
    assert [movie.title for movie in parsed.movies] == [
        "Watched last",
        "Watched first",
        "Marked last",
        "Marked last too",
        "Marked first",
    ]


def test_films_of_one_day_keep_the_order_of_their_file() -> None:
    parsed = read_zip(watched=[film(1, "B"), film(2, "A")], diary=[entry(1, "A"), entry(2, "B")])
    assert [movie.title for movie in parsed.movies] == ["B", "A"]


@pytest.mark.parametrize("title", ["", "  ", "x" * 501])
def test_row_without_a_usable_title_is_lost_with_its_line(title: str) -> None:
    parsed = read_zip(watched=[film(1), film(2, title), film(3, "Other")])
    assert [(note.kind, note.file, note.line) for note in parsed.notes] == [("lost", "watched.csv", 3)]
    assert (len(parsed.movies), report(parsed, "watched.csv").problems) == (2, 1)


def test_values_that_cannot_be_read_are_noted_and_the_row_is_kept() -> None:
    parsed = read_text(
        "Date,Name,Year,Letterboxd URI,Rating\r\nsoon,Film,1066,ftp://x,11\r\n", "ratings.csv"
    )  # fmt: skip
    movie = only(parsed)
    assert (movie.source_key, movie.year, movie.rating, movie.rated_on) == ("Film|", None, None, None)
    assert sorted((note.reason, note.detail) for note in parsed.notes) == [
        ("date_unreadable", "soon"),
        ("link_left_out", "ftp://x"),
        ("rating_out_of_range", "11"),
        ("year_unreadable", "1066"),
    ]
    assert {(note.kind, note.line) for note in parsed.notes} == {("note", 2)}


def slashed(days: list[str]) -> Rows:
    return [entry(n, f"Film {n}", day=day) for n, day in enumerate(days)]


@pytest.mark.parametrize(
    ("days", "newest"),
    [(["13/02/2024", "01/02/2024"], date(2024, 2, 13)), (["02/13/2024", "02/01/2024"], date(2024, 2, 13))],
)
def test_one_form_of_dates_holds_for_the_whole_file(days: list[str], newest: date) -> None:
    parsed = read_zip(diary=slashed(days))
    assert [movie.watched_on for movie in parsed.movies] == [newest, date(2024, 2, 1)]
    assert parsed.notes == []


def test_dates_that_nothing_settles_are_american_and_said_so_once() -> None:
    parsed = read_zip(diary=slashed(["01/02/2024", "01/03/2024"]))
    assert [movie.watched_on for movie in parsed.movies] == [date(2024, 1, 3), date(2024, 1, 2)]
    assert [(note.reason, note.line) for note in parsed.notes] == [("dates_taken_as_american", None)]


def test_each_file_has_its_own_form_of_dates() -> None:
    parsed = read_zip(watched=[film(day="31/12/2023")], diary=[entry(day="02/13/2024")])
    movie = only(parsed)
    assert (movie.marked_on, movie.watched_on) == (date(2023, 12, 31), date(2024, 2, 13))


def test_viewing_later_than_its_entry_is_kept() -> None:
    assert only(read_zip(diary=[entry(day="2024-02-01")])).watched_on == date(2024, 2, 1)


@pytest.mark.parametrize(
    "day",
    ["1970-01-01", "0001-01-01", "1900-01-01", "1887-01-01", "9999-12-31", "2000-12-31", "12/31/1969", "01.01.1900"],
)
def test_day_on_which_it_can_not_have_been_watched_is_unknown_and_noted(day: str) -> None:
    parsed = read_zip(diary=[entry(title="Other", year="2002", day=day)])
    assert [viewing.watched_on for viewing in only(parsed).viewings] == [None]
    assert [(note.kind, note.line, note.reason, note.detail) for note in parsed.notes if note.line] == [
        ("note", 2, "day_impossible", day)
    ]


def test_viewing_one_year_before_the_film_s_is_kept() -> None:
    assert only(read_zip(diary=[entry(year="2002", day="2001-09-05")])).watched_on == date(2001, 9, 5)


def test_day_ahead_is_unknown_in_every_file() -> None:
    parsed = read_zip(watched=[film(day="2999-01-01")], ratings=[[*film(day="1970-01-01"), "4"]])
    assert (only(parsed).marked_on, only(parsed).rated_on, only(parsed).rating) == (None, None, Decimal(4))
    assert reasons(parsed) == ["day_impossible", "day_impossible"]


@pytest.mark.parametrize(
    ("days", "newest"),
    [
        (["30.12.2023", "05.01.2024"], [date(2024, 1, 5), date(2023, 12, 30)]),
        (["12/30/23", "1/5/24"], [date(2024, 1, 5), date(2023, 12, 30)]),
        (["30-12-2023", "05-01-2024"], [date(2024, 1, 5), date(2023, 12, 30)]),
        (["25 May 2023", "3 Jan 2024"], [date(2024, 1, 3), date(2023, 5, 25)]),
        (["45290", "45296"], [date(2024, 1, 5), date(2023, 12, 30)]),
        (["2024年1月5日", "2023年12月30日"], [date(2024, 1, 5), date(2023, 12, 30)]),
    ],
)
def test_dates_of_a_spreadsheet_program_are_read(days: list[str], newest: list[date]) -> None:
    parsed = read_zip(diary=slashed(days))
    assert [movie.watched_on for movie in parsed.movies] == newest
    assert parsed.notes == []


def test_both_columns_of_dates_tell_their_order_together() -> None:
    rows = [["13.02.2024", "Film", "2001", "", "", "", "", "05.01.2024"]]
    parsed = read(Upload("diary.csv", csv_bytes(DIARY, rows)))
    assert (only(parsed).watched_on, parsed.notes) == (date(2024, 1, 5), [])


def test_dates_in_two_forms_are_read_and_said_so() -> None:
    parsed = read_zip(diary=slashed(["02/13/2024", "02/14/2024", "15/02/2024", "03/04/2024"]))
    assert [str(movie.watched_on) for movie in parsed.movies] == [
        "2024-03-04",
        "2024-02-15",
        "2024-02-14",
        "2024-02-13",
    ]
    assert [(note.reason, note.line) for note in parsed.notes] == [("dates_in_two_forms", None)]


def test_entities_in_titles_join_as_what_they_stand_for() -> None:
    movie = only(read_zip(watched=[film(title="Love & Basketball")], diary=[entry(title="Love &amp; Basketball")]))
    assert (movie.title, len(movie.viewings)) == ("Love & Basketball", 1)


def test_old_links_of_films_and_entries_are_understood() -> None:
    watched = ["2015-01-01", "Film", "2001", "https://letterboxd.com/film/film/"]
    movie = only(read_zip(watched=[watched], diary=[entry(uri="https://letterboxd.com/ana/film/film/")]))
    assert (movie.uri, movie.viewings[0].entry_uri) == (
        "https://letterboxd.com/film/film/",
        "https://letterboxd.com/ana/film/film/",
    )


def test_watched_file_whose_links_lead_to_entries_is_keyed_by_title_and_year() -> None:
    rows = [["2024-01-01", "Film", "2001", entry_uri(number)] for number in range(3)]
    parsed = read(Upload("watched.csv", csv_bytes(BASE, rows)))
    assert (only(parsed).source_key, only(parsed).uri) == ("Film|2001", "")
    assert reasons(parsed) == ["entry_links"]


def test_diary_whose_links_lead_to_films_is_keyed_by_them() -> None:
    rows = [["2024-01-20", "Film", "2001", film_uri(1), "", "", "", day] for day in ("2024-01-01", "2024-02-01")]
    movie = only(read(Upload("diary.csv", csv_bytes(DIARY, rows))))
    assert (movie.source_key, [viewing.entry_uri for viewing in movie.viewings]) == (film_uri(1), ["", ""])


def test_diary_that_bears_the_links_of_watched_films_adds_no_second_film() -> None:
    odd = "https://boxd.it/xyz"  # of no kind that the digit tells
    rows = [entry(uri=odd, day="2024-01-01"), entry(uri=odd, day="2024-02-01")]
    movie = only(read_zip(watched=[["2024-01-01", "Film", "2001", odd]], diary=rows))
    assert (movie.uri, len(movie.viewings)) == (odd, 2)
