"""The product's settings, with the empty view beside its pages."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.benchmarks.polls_urls"
