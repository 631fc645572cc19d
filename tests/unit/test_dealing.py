"""What is dealt is every test once, in equal stretches that begin with long tests, without tearing their modules."""

from __future__ import annotations

import pytest

from tests.dealing import deal

NAMES = [
    *(f"tests/unit/test_{letter}.py::test_{number}" for letter in "abcde" for number in range(9)),
    *(f"tests/integration/{folder}/test_{letter}.py::test_it" for folder in ("one", "two") for letter in "abc"),
    *(f"tests/system/spiders/test_{letter}.py::test_{number}" for letter in "abcd" for number in range(3)),
]


@pytest.mark.parametrize("workers", [1, 2, 3, 4, 20])
@pytest.mark.parametrize("names", [NAMES, NAMES[:45], NAMES[45:], NAMES[:3], []])
def test_every_test_is_dealt_once(names, workers):
    assert sorted(deal(names, workers)) == [*range(len(names))]


def test_a_stretch_begins_with_long_tests_and_ends_with_short_ones():
    dealt = [NAMES[place] for place in deal(NAMES, 2)]
    for stretch in (dealt[: len(NAMES) // 2], dealt[len(NAMES) // 2 :]):
        folders = [name.split("/")[1] for name in stretch]
        assert folders[9:] == ["unit"] * (len(folders) - 9)
        assert sorted(folders[:9]) == ["integration"] * 3 + ["system"] * 6


def test_what_one_worker_makes_once_stays_with_it():
    order = [NAMES[place].partition("::")[0] for place in deal(NAMES, 2)]
    half = len(NAMES) // 2
    assert not {name for name in order[:half] if "unit" not in name} & {*order[half:]}
    assert len({name for name in order[:half] if "spiders" in name}) == 2
    assert len({name.rpartition("/")[0] for name in order[:half] if "integration" in name}) == 1
