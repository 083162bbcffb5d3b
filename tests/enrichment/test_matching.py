"""Which film is meant: the cases that are known to go wrong, then what must hold of every verdict."""

import random
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from enrichment import matching
from enrichment.matching import Candidate, Verdict, is_good_enough, is_near_enough, judge


def film(
    tmdb_id: int, title: str, year: int | None, votes: int = 1000, *, original: str = "", **facts: Any
) -> Candidate:
    return Candidate(tmdb_id, title, original or title, year, votes, 1.0, **{"video": False} | facts)


def codes(verdict: Verdict) -> list[str]:
    return [str(reason["code"]) for reason in verdict.reasons]


HOUSE = film(1, "House", 1977, 1200, original="ハウス")
HOUSES = [film(2, "House", 1985, 800), HOUSE, film(3, "The House", 1977, 3), film(4, "House", 2008, 150)]
WHIPLASH, WHIPLASH_SHORT = film(1, "Whiplash", 2014, 16000), film(2, "Whiplash", 2013, 380)
SAW, SAW_SHORT = film(1, "Saw", 2004, 10000), film(2, "Saw", 2003, 520)
DUNE, DUNE_1984, DUNE_2020 = film(1, "Dune", 2021, 14000), film(2, "Dune", 1984, 3000), film(3, "Dune", 2020, 30)
WARS = [film(1, "War of the Worlds", 2005, 9000), film(2, "War of the Worlds", 2005, 1000)]
MUMMIES = [film(1, "The Mummy", 1999, 9500), film(2, "The Mummy", 2017, 7000), film(3, "The Mummy", 1932, 1200)]


@pytest.mark.parametrize(
    ("name", "year", "candidates", "expected"),
    [
        ("House", 1977, HOUSES, 1),
        ("Whiplash", 2014, [WHIPLASH_SHORT, WHIPLASH], 1),
        ("Saw", 2004, [SAW_SHORT, SAW, film(3, "Saw II", 2005, 6000)], 1),
        ("Saw", 2003, [SAW_SHORT, SAW], 2),
        ("Dune", 2021, [DUNE, DUNE_1984, DUNE_2020], 1),
        ("Dune", 2020, [DUNE, DUNE_1984], 1),  # TMDB's year is one later
        ("Dont Look Now", 1973, [film(1, "Don't Look Now", 1973)], 1),
        ("Matrix, The", 1999, [film(1, "The Matrix", 1999)], 1),
        ("The Batman", 2022, [film(1, "The Batman", 2022), film(2, "Batman", 1989)], 1),
        ("Batman", 1989, [film(1, "The Batman", 2022), film(2, "Batman", 1989)], 2),
        ("Room", 2015, [film(1, "Room", 2015, 900), film(2, "The Room", 2015, 800)], 1),
        ("Mulholland Dr.", 2001, [film(1, "Mulholland Drive", 2001)], 1),
        ("Rocky 2", 1979, [film(1, "Rocky II", 1979)], 1),
        ("Alien", 1979, [film(1, "Aliens", 1986, 9000), film(2, "Alien", 1979, 14000)], 2),
        ("Toy Story 2", 1999, [film(1, "Toy Story", 1995), film(2, "Toy Story 2", 1999)], 2),
        ("Blue Is the Warmest Colour", 2013, [film(1, "Blue Is the Warmest Color", 2013)], 1),
        ("La vie d'Adèle", 2013, [film(1, "Blue Is the Warmest Color", 2013, original="La Vie d'Adèle")], 1),
        ("'71", 2014, [film(1, "'71", 2014)], 1),
        ("61*", 2001, [film(1, "61*", 2001)], 1),
        ("9/11", 2002, [film(1, "9/11", 2002)], 1),
        ("50/50", 2011, [film(1, "50/50", 2011)], 1),
        ("300", 2006, [film(1, "300", 2007), film(2, "300: Rise of an Empire", 2014)], 1),
        ("1917", 2019, [film(1, "1917", 2019)], 1),
        ("...And Out Comes the Wolf", 2020, [film(1, "...And Out Comes the Wolf", 2020, 0)], 1),
        ("Dìdi (弟弟)", 2024, [film(1, "Dìdi (弟弟)", 2024)], 1),
        ("WALL·E", 2008, [film(1, "WALL-E", 2008)], 1),
        ("Amelie", 2001, [film(1, "Amélie", 2001, original="Le Fabuleux Destin d'Amélie Poulain")], 1),
        ("Se7en", 1995, [film(1, "Se7en", 1995)], 1),
        ("リング", 1998, [film(1, "Ring", 1998, original="リング")], 1),
        ("Сталкер", 1979, [film(1, "Stalker", 1979, original="Сталкер")], 1),
        ("Crash", 2005, [film(1, "Crash", 2005, 3800), film(2, "Crash", 2005, 4)], 1),
        ("Inception", None, [film(1, "Inception", 2010), film(2, "Inception: The Cobol Job", 2010)], 1),
        ("Alien", None, [film(1, "Alien", 1979, 14000), film(2, "Aliens", 1986, 9000)], 1),
        ("Psycho", None, [film(1, "Psycho", 1960, 10500), film(2, "Psycho", 1998, 350)], 1),
        ("Logan", None, [film(1, "Logan", 2017, 900), film(2, "Logan", 2010, 0)], 1),
        ("Logan", None, [film(1, "Logan", 2017, 0)], 1),  # nothing speaks against it
        ("Circle", None, [film(1, "Circle", 2015, 436), film(2, "The Circle", 2017, 1300)], 1),
        ("Kippur", 1999, [film(1, "Kippur", 2000, 39)], 1),
        ("Frozen", 2012, [film(1, "Frozen", 2013, 9000)], 1),
        ("The Double", 2012, [film(1, "The Double", 2013, 900), film(2, "The Double", 2010, 30)], 1),
        ("Der Himmel ueber Berlin", 1987, [film(1, "Wings of Desire", 1987, original="Der Himmel über Berlin")], 1),
        ("Smaragdgruen", 2016, [film(1, "Smaragdgrün", 2016)], 1),
        ("Smaragdgrün", 2016, [film(1, "Smaragdgruen", 2016)], 1),
        ("Sopravvissuti", 2022, [film(1, "Survivors", 2022, other_titles=("Überlebende", "Sopravvissuti"))], 1),
        ("Sopravvissuti", None, [film(1, "Survivors", 2022, other_titles=("Sopravvissuti",))], 1),
    ],
)
def test_judge_matches(name: str, year: int | None, candidates: list[Candidate], expected: int) -> None:
    verdict = judge([name], year, candidates)
    assert (verdict.status, verdict.tmdb_id) == ("matched", expected)


@pytest.mark.parametrize(
    ("name", "year", "candidates", "doubt"),
    [
        ("War of the Worlds", 2005, WARS, "rivals"),
        ("Emma", 1996, [film(1, "Emma", 1996, 0), film(2, "Emma", 1996, 0)], "rivals"),
        ("Saint Laurent", 2014, [film(1, "Saint Laurent", 2014, 300), film(2, "Yves Saint Laurent", 2014)], "rivals"),
        ("Whiplash", 2013, [replace(WHIPLASH_SHORT, votes=20), WHIPLASH], "famous_namesake"),
        ("Dune", 2020, [DUNE_2020, DUNE], "famous_namesake"),
        ("Dune", 2020, [DUNE, film(9, "Dune Boy", 2020, 0)], "year_rival"),
        ("Kippur", 1999, [film(1, "Kippur", 2000, 9)], "few_votes"),
        ("The Double", 2012, [film(1, "The Double", 2013, 900), film(2, "The Double", 2011, 30)], "both_sides"),
        ("Frozen", 2012, [film(1, "Frozen", 2013, 9000), film(2, "The Frozen", 2012, 14)], "year_rival"),
        ("Gift", 2015, [film(1, "The Gift", 2015)], "one_word"),
        ("The Girl", 1968, [film(1, "The Girls", 1968)], "one_word"),
        ("Barbarian", 2021, [film(1, "Barbarians", 2021)], "one_word"),
        ("Hero", None, [film(1, "Hero", 2002, 899), film(2, "Hero", 1992, 0)], "rivals"),
        ("Hero", None, [film(1, "Hero", 2002, 2900), film(2, "Hero", 1992, 100)], "rivals"),
        (
            "Running Man",
            None,
            [film(1, "Running Man", 2015, 12), film(2, "The Running Man", 1987, 2000)],
            "famous_alike",
        ),
        ("Spiderman", None, [film(1, "Spiderman", 2010, 0), film(2, "Spider-Man", 2002, 18000)], "famous_alike"),
        ("Frozen", 2013, [film(1, "Frozen", 2013, 20), film(2, "Frozen", 2014, 900)], "famous_namesake"),
        ("The Mummy", None, MUMMIES, "rivals"),
        ("Glass Onion", 2022, [film(1, "Glass Onion: A Knives Out Mystery", 2022)], "main_title"),
        ("Glass Onion: A Knives Out Mystery", 2022, [film(1, "Glass Onion", 2022)], "main_title"),
        ("X-Men", 2016, [film(1, "X-Men: Apocalypse", 2016), film(2, "X-Men", 2000)], "main_title"),
        ("Toy Story 2", 1999, [film(1, "Toy Story 3", 1999)], "other_number"),
        ("Rocky II", 1979, [film(1, "Rocky III", 1979)], "other_number"),
        ("9/11", 2002, [film(1, "911", 2002)], "other_number"),
        ("The Walk", 2015, [film(1, "The Walking Deceased", 2015)], "alike"),
        ("Help", 2010, [film(1, "The Help", 2011, 9000)], "loose_title"),
        ("Barbarian", 2022, [film(1, "Barbarians", 2021, 80)], "alike"),
        ("The Batman", None, [film(1, "Batman", 1989)], "loose_title"),
        ("Batman", 2022, [film(1, "Batman", 1989)], "years_apart"),
        ("Hero", 2002, [film(1, "Hero", None)], "film_undated"),
        ("Hero", None, [film(1, "Hero", None)], "no_year"),
        ("Sopravvissuti", 2022, [film(1, "Survivors", 2022)], "alike"),  # found by a title that TMDB doesn't show
        ("Sopravvissuti", None, [film(1, "Survivors", 2022)], "alike"),
    ],
)
def test_judge_is_unsure(name: str, year: int | None, candidates: list[Candidate], doubt: str) -> None:
    verdict = judge([name], year, candidates)
    assert (verdict.status, verdict.tmdb_id) == ("unsure", None)
    assert doubt in codes(verdict)
    assert verdict.confidence == verdict.ranking[0].score


@pytest.mark.parametrize(
    ("name", "candidates", "reason"),
    [
        ("Heat", [], "nothing_found"),
        ("Knives Out", [film(1, "Glass Onion: A Knives Out Mystery", 2022)], "nothing_alike"),
        ("!?", [film(1, "...", 1990)], "nothing_alike"),  # what folds to nothing likens to nothing
    ],
)
def test_judge_leaves_unmatched(name: str, candidates: list[Candidate], reason: str) -> None:
    verdict = judge([name], 2019, candidates)
    assert (verdict.status, verdict.tmdb_id, verdict.confidence) == ("unmatched", None, None)
    assert codes(verdict) == [reason]
    assert len(verdict.ranking) == len(candidates)  # a person may still want to see them


STAR_WARS, CLONE_WARS = film(11, "Star Wars", 1977, 20000), film(12180, "Star Wars: The Clone Wars", 2008, 1700)
CLONE_WARS_NAMES = ["Star Wars - The Clone Wars", "Star Wars", "The Clone Wars"]


def test_judge_takes_the_whole_name_before_its_halves() -> None:
    assert judge(CLONE_WARS_NAMES, None, [STAR_WARS, CLONE_WARS]).tmdb_id == CLONE_WARS.tmdb_id


def test_judge_only_proposes_who_bears_a_half() -> None:
    for half in (STAR_WARS, film(1, "The Clone Wars", 2003), replace(STAR_WARS, is_by_half=True)):
        verdict = judge(CLONE_WARS_NAMES, None, [half])
        assert (verdict.status, codes(verdict)[0]) in [("unsure", "half_title"), ("unsure", "main_title")]
        assert matching.judge_known(CLONE_WARS_NAMES, None, [half]) is None


def test_judge_puts_who_bears_a_half_behind_who_was_found_by_the_whole() -> None:
    names = ["Jurassic World - Die Wiedergeburt", "Jurassic World", "Die Wiedergeburt"]
    rebirth = film(2, "Jurassic World Rebirth", 2025, 3000)
    half = film(1, "Jurassic World", 2015, 20000, is_by_half=True)
    assert [s.candidate for s in judge(names, None, [half, rebirth]).ranking] == [rebirth, half]


def test_judge_takes_a_film_that_both_halves_name() -> None:
    names = ["La vita di Adele - Blue is the Warmest Colour", "La vita di Adele", "Blue is the Warmest Colour"]
    both = film(1, "Blue Is the Warmest Colour", 2013, original="La vita di Adèle", is_by_half=True)
    assert (judge(names, None, [both]).tmdb_id, codes(judge(names, None, [both]))[0]) == (1, "both_halves")
    assert judge(names, None, [film(1, "Blue Is the Warmest Colour", 2013)]).status == "unsure"


def test_judge_scores_title_and_year() -> None:
    candidates = [film(1, "Heat", 1995), film(2, "Heat", 1996), film(3, "Heat", 1986), film(4, "Heat", None)]
    assert [s.score for s in judge(["Heat"], 1995, candidates).ranking] == [1.0, 0.8, 0.6, 0.6]


def test_judge_without_a_year_scores_by_the_share_in_the_votes() -> None:
    assert judge(["The Mummy"], None, MUMMIES[:1]).confidence == 1.0
    scores = [s.score for s in judge(["The Mummy"], None, MUMMIES).ranking]
    assert 0.75 < scores[0] < 0.8 and scores[1] < 0.75 and scores[2] < 0.6


def test_judge_ranks_a_video_behind_a_film() -> None:
    concert, true_film = film(1, "The Wall", 1982, 5000, video=True), film(2, "The Wall", 1982, 900)
    assert judge(["The Wall"], 1982, [concert, true_film]).tmdb_id == 2
    assert judge(["The Wall"], 1982, [concert]).tmdb_id == 1


def test_judge_calls_no_other_title_the_same() -> None:
    [scored] = judge(["la " * 1000], None, [film(1, "la " * 1000 + "li", 1995)]).ranking
    assert scored.likeness < 1  # it would be by rounding


def test_judge_counts_a_film_found_twice_once() -> None:
    assert judge(["Heat"], 1995, [film(1, "Heat", 1995)] * 2) == judge(["Heat"], 1995, [film(1, "Heat", 1995)])


def test_judge_breaks_ties_by_votes_and_then_by_id() -> None:
    candidates = [film(3, "Emma", 1996, 500), film(2, "Emma", 1996, 500), film(1, "Emma", 1996, 400)]
    assert [s.candidate.tmdb_id for s in judge(["Emma"], 1996, candidates).ranking] == [2, 3, 1]


def test_judge_gives_reasons_in_words() -> None:
    verdict = judge(["Dune"], 2020, [DUNE, DUNE_1984])
    sentences = [matching.REASONS[str(reason["code"])] % reason for reason in verdict.reasons]
    assert sentences == ["same title", "year one off", "other films with this title: 1"]


def test_reasons_name_their_percent() -> None:
    [alike, _] = judge(["The Long Walk"], 2015, [film(1, "The Walking Deceased", 2015)]).reasons
    assert matching.REASONS["alike"] % alike == "titles 55% alike"


def test_judge_does_not_depend_on_the_order() -> None:
    assert len({str(judge(["House"], 1977, order)) for order in permutations(HOUSES)}) == 1
    assert len({str(judge(["The Mummy"], None, order)) for order in permutations(MUMMIES)}) == 1


def random_question(dice: random.Random) -> tuple[str, int | None, list[Candidate]]:
    words = ["Hero", "The Hero", "Heroes", "Hero 2", "Hero II", "Hero: A Tale", "Zero", "...", "英雄"]
    candidates = [
        film(
            number, dice.choice(words), dice.choice([None, 2000, 2001, 2002, 2010]), dice.choice([0, 9, 60, 700, 9000]),
            original=dice.choice(words), video=dice.random() < 0.1,
        )
        for number in range(1, dice.randint(1, 6))
    ]  # fmt: skip
    return dice.choice(words), dice.choice([None, 2001]), candidates


@pytest.mark.parametrize("seed", range(150))
def test_judge_keeps_its_promises_on_random_hits(seed: int) -> None:
    name, year, candidates = random_question(random.Random(seed))
    verdict = judge([name], year, candidates)
    assert all(0 <= s.score <= 1 and 0 <= s.likeness <= 1 for s in verdict.ranking)
    assert (verdict.tmdb_id is not None) == (verdict.status == "matched")
    assert (verdict.confidence is None) == (verdict.status == "unmatched")
    assert all(matching.REASONS[str(reason["code"])] % reason for reason in verdict.reasons)
    if verdict.status == "matched":
        assert verdict.ranking[0].score >= 0.7 and verdict.ranking[0].likeness >= 0.9
        assert is_near_enough(verdict, year) or verdict.ranking[0].candidate.year == year


@pytest.mark.parametrize("seed", range(150))
def test_judge_is_never_surer_of_a_film_for_another_of_its_name(seed: int) -> None:
    dice = random.Random(seed)
    name, year, candidates = random_question(dice)
    known = film(50, name, dice.choice([2000, 2001, 2002]), dice.choice([0, 60, 9000]))
    namesake = film(51, name, dice.choice([None, 2000, 2001, 2002, 2010]), dice.choice([0, 9, 700, 9000]))
    before, after = judge([name], year, [*candidates, known]), judge([name], year, [*candidates, known, namesake])
    assert score_of(known, after) <= score_of(known, before)
    assert after.tmdb_id != known.tmdb_id or before.tmdb_id == known.tmdb_id


def score_of(candidate: Candidate, verdict: Verdict) -> float:
    return next(s.score for s in verdict.ranking if s.candidate == candidate)


@pytest.mark.parametrize(
    ("year", "candidates", "enough"),
    [
        (2005, WARS, True),  # only a person can choose
        (2005, WARS[:1], True),
        (2004, [replace(WARS[0], votes=3)], False),  # one of the year before may stand beside it
        (2005, [film(1, "The War of the Worlds", 2005)], False),  # only the very title ends the asking
        (1953, WARS, False),
        (2005, [], False),
        (2005, [film(1, "War of the Worlds 2: The Next Wave", 2005)], False),
        (None, WARS, True),
    ],
)
def test_is_good_enough_when_no_search_can_help(year: int | None, candidates: list[Candidate], enough: bool) -> None:
    assert is_good_enough(judge(["War of the Worlds"], year, candidates), year) is enough


def test_is_near_enough_once_the_title_was_asked_for_without_its_year() -> None:
    assert is_near_enough(judge(["War of the Worlds"], 2004, WARS), 2004)
    assert not is_near_enough(judge(["War of the Worlds"], 1953, WARS), 1953)
