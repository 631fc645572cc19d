"""Made-up repositories: the same from a seed, with a truth that their texts and states bear out."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from fake_github.data.generate import generate
from fake_github.data.truth import manifest
from fake_server import BadOption


@pytest.fixture(scope="module")
def made():
    return {each.repository.full_name: each for each in generate(items=150)}


def test_the_same_seed_makes_the_same(made):
    again = {each.repository.full_name: each for each in generate(items=150)}
    for name, build in made.items():
        assert asdict(build.repository) == asdict(again[name].repository)
        assert manifest(build.repository, build.truth) == manifest(again[name].repository, again[name].truth)
    other = generate(items=150, seed=2)[0]
    assert asdict(other.repository) != asdict(made["acme/rocket"].repository)


def test_every_fix_landed_with_a_commit_that_is_there(made):
    for build in made.values():
        shas = {each.sha: each for each in build.repository.commits}
        assert build.truth.fixes
        for fix in build.truth.fixes:
            commit = shas[fix.landed_commit]
            assert commit.on_default == (fix.landed_how != "other_branch") or fix.kind == "backport"
            pull = build.repository.items[int(fix.change.rpartition("#")[2])]
            assert pull.pull
            assert bool(pull.pull.merged) == (fix.landed_how in ("merge", "squash") or build.repository.has_issues)


def test_a_script_leaves_closed_pull_requests_that_are_not_merged(made):
    build = made["acme/kettle"]
    scripted = [each for each in build.truth.fixes if each.landed_how == "script"]
    commits = {each.sha: each.message for each in build.repository.commits}
    assert scripted
    for fix in scripted:
        number = int(fix.change.rpartition("#")[2])
        pull = build.repository.items[number]
        assert pull.state == "closed"
        assert pull.pull and pull.pull.merged is None
        assert f"Closes #{number} from " in commits[fix.landed_commit]


def test_numbers_have_no_hole_but_those_that_are_told(made):
    for build in made.values():
        numbers = sorted(build.repository.items)
        assert numbers == list(range(1, len(numbers) + 1))
    gone = {each.gone for each in made["acme/rocket"].repository.items.values()}
    assert gone == {None, "deleted", "transferred", "blocked", "private"}


def test_nothing_changes_after_it_was_updated(made):
    for build in made.values():
        for item in build.repository.items.values():
            last = max([item.created, *(each.updated for each in item.comments)])
            assert last <= item.updated


def test_a_repository_that_is_none_is_refused():
    with pytest.raises(BadOption, match="acme/rocket:keyword"):
        generate(("acme:keyword",))
