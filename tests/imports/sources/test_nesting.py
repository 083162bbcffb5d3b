"""JSON is as deep as its text says, on every Python; brackets in a string are none."""

import json

import pytest

from imports.sources.nesting import MAX_DEPTH, too_deep

DEEPEST, DEEPER = (
    {
        "lists": "[" * depth + "]" * depth,
        "objects": '{"a":' * depth + "1" + "}" * depth,
        "both": '[{"a":' * (depth // 2) + "[" * (depth % 2) + "1" + "]" * (depth % 2) + "}]" * (depth // 2),
        "among others": "[[], [" + "[{}], " * 200 + "[" * (depth - 2) + "]" * (depth - 2) + "]]",
    }
    for depth in (MAX_DEPTH, MAX_DEPTH + 1)
)


@pytest.mark.parametrize("what", DEEPEST)
def test_the_deepest_that_is_taken(what: str) -> None:
    json.loads(DEEPEST[what])
    assert too_deep(DEEPEST[what]) is None
    assert too_deep(DEEPER[what]) == max(DEEPER[what].rindex(sign) for sign in "[{" if sign in DEEPER[what])


@pytest.mark.parametrize("text", ["[" * 500, r"\"" + "[" * 500, r"\\" + "[" * 500, "{" * 500 + "\n"])
def test_brackets_in_a_string_are_none(text: str) -> None:
    assert too_deep(json.dumps([text, {text: text}])) is None


def test_what_follows_the_value_is_not_looked_at() -> None:
    assert too_deep("[1], " + "[" * 500) is None
    assert too_deep("[1], " + "[" * 500, 5) == 5 + MAX_DEPTH


@pytest.mark.parametrize("text", ["", "[" * MAX_DEPTH, "]" * 500 + "[" * 500, '"' + "[" * 500, '["' + "\\" * 501])
def test_broken_text_ends_where_it_breaks(text: str) -> None:
    assert too_deep(text) is None
