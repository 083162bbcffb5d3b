"""`make bench`: what the product is measured by, as ratios within one run."""

import os
import subprocess
import sys

import tests.environment  # noqa: F401  (before Django)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ["TMDB_RATE"] = "20/1"

BENCHMARKS = ("upload", "review", "statistics", "polls", "engine", "matching", "hostile", "slow_senders", "library")


def main() -> None:
    for name in sys.argv[1:] or BENCHMARKS:
        subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}"], check=True)


if __name__ == "__main__":
    main()
