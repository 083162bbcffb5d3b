"""Nothing is lost, nothing is silent: rows = added + merged + already + skipped + problems, whatever the rows hold."""

import random
import string

import pytest

from imports.sources.base import Parsed, Upload
from tests.imports.sources.prime import HEADER, read_prime
from tests.prime_exports import ACTIVITY, LEGACY, VERSIONS, history, prime_file

HEADERS = [HEADER, LEGACY, ",".join(ACTIVITY), "Datum angesehen,Typ,Titel,Folge", f"{HEADER},Global Title Identifier"]


def check(parsed: Parsed) -> None:
    assert all(file.adds_up for file in parsed.files)
    assert sum(note.kind == "lost" for note in parsed.notes) == sum(file.problems for file in parsed.files)
    keys = [movie.source_key for movie in parsed.movies]
    assert len(set(keys)) == len(keys)
    assert all(0 < len(key) <= 600 for key in keys)
    for movie in parsed.movies:
        found = [viewing.watched_on for viewing in movie.viewings]
        assert found
        assert len(set(found)) == len(found)
        assert movie.names
    made = sum(len(movie.viewings) for movie in parsed.movies if movie.kind == "film")
    assert made == sum(file.added for file in parsed.files)


@pytest.mark.parametrize("seed", range(60))
def test_random_text_never_breaks_the_reading(seed: int) -> None:
    chance = random.Random(seed)
    header = HEADERS[seed % len(HEADERS)]
    alphabet = string.ascii_letters[:8] + ',,,,;"\n\n\n\t -([½é\x00' + "0123456789"
    text = "".join(chance.choices(alphabet, k=600))
    last = text.rsplit("\n", 1)[-1]
    end = '"' * (last.count('"') % 2) + "," * 14  # no quotation mark left open there, which is a cut file
    check(read_prime(Upload("odd.csv", f"{header}\r\n{text}{end}\r\n".encode())))


@pytest.mark.parametrize("seed", range(30))
def test_random_damage_never_breaks_the_reading(seed: int) -> None:
    chance = random.Random(seed)
    uploads = []
    for number, version in enumerate(chance.sample(list(VERSIONS), 2)):
        name, data = prime_file(version, history(60, seed=seed))
        lines = data.decode().split("\n")
        if name.endswith(".csv"):
            for _ in range(8):
                line = chance.randrange(1, len(lines) - 2)
                place = chance.randrange(len(lines[line]) + 1)
                lines[line] = lines[line][:place] + chance.choice(',"x') + lines[line][place:]
        uploads.append(Upload(f"{number}{name}", "\n".join(lines).encode()))
    check(read_prime(*uploads))


@pytest.mark.parametrize("version", VERSIONS)
def test_rows_are_those_of_the_history(version: str) -> None:
    parsed = read_prime(Upload(*prime_file(version, history(300, seed=1))))  # type: ignore[arg-type]
    check(parsed)
    assert parsed.files[0].rows == 300
