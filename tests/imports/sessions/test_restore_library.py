"""A whole library comes back from its own JSON, through every way in."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from enrichment import titles
from enrichment.models import TitleLookup, TmdbMovie
from imports.exports.library import library_json
from imports.library import viewings as own
from imports.models import (
    HandViewing,
    ImportSession,
    LibraryDecision,
    LibraryQuestion,
    LibraryViewing,
    Movie,
    Owner,
    Ranking,
    Source,
)
from imports.reconciling.keeping import recompute, up_to_date
from imports.sessions import restore_library as restoring
from imports.sessions.restore_library import RestoredLibrary
from imports.sessions.start import start_review, take_in
from imports.sources import read_here
from imports.sources.apart import read_apart
from imports.sources.base import SourceError, Upload
from tests.factories import (
    ImportSessionFactory,
    MovieFactory,
    RankingFactory,
    TitleLookupFactory,
    TmdbMovieFactory,
    UserFactory,
    ViewingFactory,
)

pytestmark = pytest.mark.django_db

TODAY = date(2026, 1, 1)
CONCLUDED = ("films", "by_hand", "rankings", "decisions")


@pytest.fixture
def person() -> User:
    made: User = UserFactory()
    return made


def film(title: str) -> TmdbMovie:
    """A film, and the question that it answers."""
    made: TmdbMovie = TmdbMovieFactory(done=True, title=title, release_date=date(2001, 5, 1))
    TitleLookupFactory(title=title, matched=True, tmdb_movie=made)
    return made


def an_import(user: User, source: str = Source.LETTERBOXD, **more: Any) -> ImportSession:
    is_review = source == Source.PRIME_VIDEO
    ImportSession.objects.open_reviews().filter(user=user).update(closed_at=timezone.now())
    made: ImportSession = ImportSessionFactory(
        user=user, browser_key="", source=source, link_readable=not is_review, **more
    )
    return made


def told(session: ImportSession, seen: TmdbMovie | str, *days: str, **more: Any) -> Movie:
    """A film of the import, seen on these days; a mere title is one that TMDB lacks."""
    title = seen if isinstance(seen, str) else seen.title
    lookup = TitleLookup.objects.filter(title_key=titles.key(title)).first()
    lookup = lookup or TitleLookupFactory(title=title, unmatched=True)
    if session.is_review:
        more = {"decision": "added", "decided_at": session.created_at} | more
    if isinstance(seen, str):
        more |= {"outcome": "unmatched", "settled_at": session.created_at}
    else:
        more |= {"matched": True, "tmdb_movie": seen}
    more |= {"watched_on": max(days, default=None)}
    key = f"https://boxd.it/{title.lower().replace(' ', '')}" if not session.is_review else title
    movie: Movie = MovieFactory(session=session, title=title, lookup=lookup, source_key=key, **more)
    for number, day in enumerate(days, 1):
        uri = "" if session.is_review else f"{key}{number}"
        ViewingFactory(movie=movie, watched_on=day, number=number, entry_uri=uri)
    return movie


@pytest.fixture
def library(person: User) -> User:
    """Two imports of the same films, another that is left out, and all that a person can say."""
    heat, alien, tron, ronin = map(film, ("Heat", "Alien", "Tron", "Ronin"))
    diary = an_import(person)
    told(diary, heat, "2024-05-01", "2024-08-01", rating=Decimal("4.5"), rated_on=date(2024, 5, 2))
    told(diary, alien, "2024-06-04", liked_on=date(2024, 6, 5))
    told(diary, "Nowhere", "2024-01-01")
    told(diary, ronin)
    first, second = an_import(person, Source.PRIME_VIDEO), an_import(person, Source.PRIME_VIDEO)
    added = told(first, heat, "2024-05-02", "2023-01-01")
    RankingFactory(user=person, tmdb_movie=heat, movie=added, title="Heat", rating=3, rated_at="2024-05-03")
    told(first, alien, "2024-06-01")
    told(second, heat, "2023-03-03", decision="already_ranked", decided_at=None)
    told(second, tron, "2023-03-04", decision="skipped")
    told(an_import(person, in_library=False), tron, "2020-01-01")
    RankingFactory(user=person, tmdb_movie=ronin, title="Ronin", rating=5, rated_at="2024-02-02")
    up_to_date(person)
    recompute(person)
    own.add(person, tron.pk, {"watched_on": date(2022, 2, 2), "tags": ["cinema"], "review": "Good"}, today=TODAY)
    viewing = LibraryViewing.objects.get(user=person, film__tmdb_movie=heat, watched_on="2024-08-01")
    own.change(viewing, {"watched_on": date(2024, 8, 3), "review": "Better", "rating": Decimal(5)}, today=TODAY)
    own.answer(LibraryQuestion.objects.get(user=person), same=True)
    own.remove(LibraryViewing.objects.get(user=person, watched_on="2023-01-01"))
    return person


def exported(user: User) -> str:
    assert up_to_date(user)
    return "".join(library_json(user))


def concluded(user: User) -> dict[str, Any]:
    export = json.loads(exported(user))
    return {name: export[name] for name in CONCLUDED}


def bring_back(user: User | None, text: str) -> RestoredLibrary:
    owner = Owner(user=user) if user else Owner(browser_key="browser")
    back = take_in(owner, [Upload("library.json", text.encode())])
    assert isinstance(back, RestoredLibrary)
    return back


def test_it_is_the_same_library_in_an_empty_account(library: User) -> None:
    another = UserFactory()
    back = bring_back(another, exported(library))
    assert (len(back.imports), back.rankings, back.by_hand, back.decisions) == (4, 1, 1, 3)
    expected = concluded(library)
    assert concluded(another) == expected
    assert all(expected.values())
    assert [session.in_library for session in back.imports].count(False) == 1
    assert Ranking.objects.get(user=another, tmdb_movie__title="Heat").movie is not None
    ranked = Movie.objects.get(session__user=another, title="Heat", decision="already_ranked")
    assert ranked.session.source == Source.PRIME_VIDEO


def test_what_comes_back_can_be_taken_away_as_the_same_text(library: User) -> None:
    another = UserFactory()
    bring_back(another, exported(library))
    assert exported(another) == exported(library)


def test_a_large_one_is_read_in_a_process_of_its_own_as_here(library: User) -> None:
    uploads = [Upload("library.json", exported(library).encode())]
    options: dict[str, Any] = {"max_bytes": 10_000_000, "only_ours": True}
    assert read_apart(uploads, **options) == read_here(uploads, **options)


def test_an_undo_is_part_of_it_and_a_decision_can_be_undone_there(library: User) -> None:
    own.undo(library, own.Undoable("decision", LibraryDecision.objects.filter(user=library)[1].pk))
    another = UserFactory()
    bring_back(another, exported(library))
    assert concluded(another) == concluded(library)
    for user in (library, another):
        own.undo(user, own.Undoable("decision", LibraryDecision.objects.filter(user=user)[0].pk))
    assert concluded(another)["films"] == concluded(library)["films"]
    assert len(concluded(another)["decisions"]) == 1


def test_brought_back_twice_it_says_nothing_new(library: User) -> None:
    text, before = exported(library), concluded(library)
    back = bring_back(library, text)
    assert (back.rankings, back.by_hand, back.decisions) == (0, 0, 0)
    assert concluded(library) == before
    assert library.import_sessions.count() == 8


def test_what_was_told_by_hand_and_removed_comes_back(library: User) -> None:
    text, before = exported(library), concluded(library)
    viewing = LibraryViewing.objects.get(user=library, watched_on="2022-02-02")
    own.remove(viewing)
    assert concluded(library) != before
    assert bring_back(library, text).by_hand == 1
    assert concluded(library) == before


def test_a_day_that_was_told_anew_since_stays(library: User) -> None:
    text = exported(library)
    old = HandViewing.objects.get(user=library)
    own.remove(LibraryViewing.objects.get(user=library, watched_on="2022-02-02"))
    own.add(library, old.tmdb_movie_id, {"watched_on": old.watched_on, "review": "Anew"}, today=TODAY)
    assert bring_back(library, text).by_hand == 0
    assert [told["review"] for told in concluded(library)["by_hand"]] == ["Anew"]


def test_nobody_without_an_account_has_a_library(library: User) -> None:
    with pytest.raises(SourceError) as refused:
        bring_back(None, exported(library))
    assert refused.value.code == "library_is_a_persons"


def test_the_door_for_reviews_names_the_right_one(library: User) -> None:
    with pytest.raises(SourceError) as refused:
        start_review(library, [Upload("library.json", exported(library).encode())], replace=False)
    assert refused.value.code == "library_elsewhere"


def test_when_one_thing_cannot_be_stored_nothing_is(library: User, monkeypatch: pytest.MonkeyPatch) -> None:
    Ranking.objects.filter(user=library).update(changed_at=timezone.now())
    text, another = exported(library), UserFactory()

    def fail(*_: Any) -> int:
        raise OSError("the disk is full")

    monkeypatch.setattr(restoring, "_add_decisions", fail)
    with pytest.raises(OSError, match="full"):
        bring_back(another, text)
    assert not another.import_sessions.exists() and not another.rankings.exists()
    assert not another.hand_viewings.exists() and not another.library_decisions.exists()
    assert concluded(another)["films"] == []


Edit = Callable[[dict[str, Any]], Any]


@pytest.mark.parametrize(
    ("edit", "code", "field"),
    [
        (lambda export: export.update(version=2), "export_later", None),
        (lambda export: export.update(version="1"), "export_edited", "version"),
        (lambda export: export.update(more=1), "export_edited", "more"),
        (lambda export: export.pop("imports"), "export_edited", "imports"),
        (lambda export: export.pop("decisions"), "export_edited", "decisions"),
        (lambda export: export["decisions"][0].update(kind="perhaps"), "export_edited", "kind"),
        (lambda export: export["decisions"][0].update(refs=[]), "export_edited", "refs"),
        (
            lambda export: export["decisions"][0]["values"].update(watched_date="2024-13-01"),
            "export_edited",
            "watched_date",
        ),
        (lambda export: export["by_hand"].append(export["by_hand"][0]), "export_edited", "key"),
        (lambda export: export["by_hand"][0].update(rating=7), "export_edited", "rating"),
        (lambda export: export["rankings"].append(export["rankings"][0]), "export_edited", "tmdb_id"),
        (lambda export: export["imports"][0].pop("in_library"), "export_edited", "in_library"),
        (lambda export: export["imports"][1].update(source="netflix"), "export_edited", "source"),
        (lambda export: export["imports"][1]["movies"][0].update(rating=9), "export_edited", "rating"),
        (lambda export: export["imports"][1].update(imports=[]), "export_edited", "imports"),
        (lambda export: export["imports"].append(3), "export_cut", None),
    ],
)
def test_a_fault_is_told_with_its_line_and_nothing_is_stored(
    library: User, edit: Edit, code: str, field: str | None
) -> None:
    export, another = json.loads(exported(library)), UserFactory()
    edit(export)
    with pytest.raises(SourceError) as refused:
        bring_back(another, json.dumps(export, indent=1))
    assert (refused.value.code, refused.value.params.get("field")) == (code, field)
    if field and field not in ("version", "more", "imports", "decisions"):
        line = json.dumps(export, indent=1).splitlines()[int(str(refused.value.params["line"])) - 1]
        assert "{" in line
    assert not another.import_sessions.exists()


def test_a_library_cut_short_is_refused(library: User) -> None:
    text = exported(library)
    with pytest.raises(SourceError) as refused:
        bring_back(UserFactory(), text[: len(text) * 2 // 3])
    assert refused.value.code == "export_cut"


def test_the_front_page_takes_it(client: Client, library: User) -> None:
    text, another = exported(library), UserFactory()
    client.force_login(another)
    file = SimpleUploadedFile("library.json", text.encode())
    answer = client.post("/imports/", {"files": file}, follow=True)
    assert answer.redirect_chain == [("/library/", 303)]
    assert "Your library is back, with 4 imports." in answer.content.decode()
    assert concluded(another) == concluded(library)


@pytest.mark.parametrize(("address", "field"), [("/api/upload", "files"), ("/api/session/import", "file")])
def test_the_api_takes_it(client: Client, library: User, address: str, field: str) -> None:
    text = exported(library)
    file = SimpleUploadedFile("library.json", text.encode())
    refused = client.post(address, {field: file})
    assert (refused.status_code, refused.json()["code"]) == (422, "library_is_a_persons")
    another = UserFactory()
    client.force_login(another)
    file.seek(0)
    answer = client.post(address, {field: file})
    assert answer.status_code == 201
    body = answer.json()
    assert (len(body["imports"]), body["rankings"], body["viewings_by_hand"], body["decisions"]) == (4, 1, 1, 3)
    assert concluded(another) == concluded(library)


def test_the_command_takes_it(library: User, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, another = tmp_path / "library.json", UserFactory(username="bo")
    path.write_text(exported(library))
    call_command("import_file", str(path), user="bo")
    assert "The library is back: 4 imports" in capsys.readouterr().out
    assert concluded(another) == concluded(library)


def test_the_order_of_imports_in_the_file_does_not_matter(library: User) -> None:
    export = json.loads(exported(library))
    expected = concluded(library)
    for imports in list(permutations(export["imports"]))[::7]:
        another = UserFactory()
        bring_back(another, json.dumps(export | {"imports": imports}))
        assert concluded(another) == expected
