"""What the report says of a line or a file: code → sentence. The pages translate it and fill in the detail."""

from .base import gettext_noop

REASONS = {
    # lost: the row is not in the import
    "no_title": gettext_noop("The row has no film title."),
    "title_too_long": gettext_noop("The film title is longer than 500 characters: %(detail)s"),
    "title_has_line_break": gettext_noop(
        "The film title runs over several lines; a quotation mark is missing: %(detail)s"
    ),
    "too_few_cells": gettext_noop("The row has too few columns: %(detail)s"),
    "too_many_cells": gettext_noop("The row has more columns than the header: %(detail)s"),
    "open_quote": gettext_noop("A quotation mark is opened and never closed: %(detail)s"),
    "broken_text": gettext_noop("The row holds bytes that are not text: %(detail)s"),
    "row_too_long": gettext_noop("The row is longer than a million characters."),
    "not_an_entry": gettext_noop("This part of the list is not an entry of a watch history: %(detail)s"),
    # noted: the row is in the import, but not every value of it, or a choice was made
    "date_unreadable": gettext_noop("The date “%(detail)s” could not be read; the day is unknown."),
    "day_impossible": gettext_noop(
        "“%(detail)s” can't be the day: it is before the film was, still to come, or what programs write for no day; "
        "the day is unknown."
    ),
    "rating_unreadable": gettext_noop("The rating “%(detail)s” could not be read; it was left out."),
    "rating_out_of_range": gettext_noop(
        "The rating “%(detail)s” is not between half a star and five; it was left out."
    ),
    "rating_rounded": gettext_noop("The rating “%(detail)s” was rounded to the nearest half star."),
    "type_unknown": gettext_noop("The type “%(detail)s” is not known; it was taken as a film."),
    "year_unreadable": gettext_noop("“%(detail)s” can't be the year of a film; the year is unknown."),
    "link_left_out": gettext_noop("“%(detail)s” is not a web link; it was left out."),
    "like_without_day": gettext_noop("The like has no day, so it was left out; the film was kept."),
    "no_such_film": gettext_noop(
        "No film with this title and year is in your watched films; it became a film of its own."
    ),
    "several_films": gettext_noop("Several of your films have this title and year; it became a film of its own."),
    "film_told_differently": gettext_noop("The film was told before with another value; the first one stays."),
    "entry_told_differently": gettext_noop("The diary entry was told before with other values; the first ones stay."),
    "changed_since": gettext_noop("Changed since the import: %(detail)s"),
    # about a whole file
    "gone_from_file": gettext_noop("It is not in the newer file, and it stays: %(detail)s"),
    "choice_unknown": gettext_noop("TMDB does not have the film that was chosen, so it is matched anew: %(detail)s"),
    "read_as_windows_text": gettext_noop(
        "The file is not UTF-8. It was read as Windows text; check a title with accents."
    ),
    "read_as_code_page": gettext_noop("The file is not UTF-8. It was read as %(detail)s; check a title with accents."),
    "text_mended": gettext_noop(
        "Letters with accents had been garbled by a program that took the file for another text (“AmÃ©lie”); "
        "this was undone."
    ),
    "text_garbled": gettext_noop(
        "Some titles were garbled before the file came here, and what they were is lost; export it again as UTF-8."
    ),
    "dates_taken_as_american": gettext_noop(
        "The dates could be month/day or day/month, and nothing tells which; they were read as month/day."
    ),
    "dates_taken_as_day_first": gettext_noop(
        "The dates could be day/month or month/day, and nothing tells which; they were read as day/month."
    ),
    "dates_taken_as_year_first": gettext_noop(
        "The dates could begin with the year or with the day, and nothing tells which; they were read as "
        "year-month-day."
    ),
    "dates_in_two_forms": gettext_noop(
        "Some dates can only be day/month and others only month/day; those that could be either were read as most are."
    ),
    "ratings_of_ten": gettext_noop("Its ratings are points of ten, so all numbers were read as two points a star."),
    "ratings_of_a_hundred": gettext_noop(
        "Its ratings are points of a hundred, so all numbers were read as twenty a star."
    ),
    "file_left_out": gettext_noop("The file can't be read, so it was left out: %(detail)s"),
    "taken_as_watched": gettext_noop("Nothing says what this file holds; it was taken as your watched films."),
    "entry_links": gettext_noop(
        "The links lead to diary entries, not to films; the films were told apart by title and year."
    ),
    "film_links": gettext_noop("The links lead to films, not to diary entries; the entries were told apart by day."),
}

SKIP_RULES = {
    "watchlist": gettext_noop("Your watchlist: films you have not seen yet"),
    "comments": gettext_noop("Your comments"),
    "deleted": gettext_noop("What you deleted at Letterboxd"),
    "orphaned": gettext_noop("Entries whose film no longer exists at Letterboxd"),
    "lists": gettext_noop("Your lists"),
    "likes_reviews": gettext_noop("Reviews you liked"),
    "likes_lists": gettext_noop("Lists you liked"),
    "profile": gettext_noop("Your profile, which is never read"),
    "unreadable": gettext_noop("A file that can't be read"),
    "unknown": gettext_noop("A file that is not part of the export"),
    "series": gettext_noop("Series and their episodes"),
    "other_media": gettext_noop("Games, books, music and what else is no film"),
    "not_a_film": gettext_noop("Trailers, bonus clips and live broadcasts"),
    "not_watched": gettext_noop(
        "Trailers, adverts and live broadcasts that Amazon lists, what played for no second, or by itself for a moment"
    ),
    "deleted_at_amazon": gettext_noop("What you deleted from your history at Amazon"),
    "blank": gettext_noop("Rows with nothing in them"),
    "header_again": gettext_noop("The header once more, where files were joined"),
}
