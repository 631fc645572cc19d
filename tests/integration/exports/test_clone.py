"""Clones are read by git, and by nothing that a clone or a text would like to have run."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jira_crawler.exceptions import BadArgument
from jira_crawler.exports.clone import Clone, clones
from tests.servers.clones import BEGAN, MadeClone


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> MadeClone:
    repository = MadeClone(tmp_path_factory.mktemp("clones") / "kettle", "git@github.com:Acme/kettle.git")
    repository.commit("Begin", {"src/a.py": "one\n"})
    repository.commit("K-1: mend\n\nSecond line\n", {"src/a.py": "two\n", "tests/test_a.py": "assert 1\n"})
    return repository


def test_commits_come_with_all_that_git_knows(made):
    newest, first = Clone(made.folder).commits()
    assert (newest.message, newest.parents) == ("K-1: mend\n\nSecond line", (first.sha,))
    assert (newest.author.name, newest.committed, first.parents) == ("ann", BEGAN + timedelta(days=2), ())


def test_what_a_commit_changed_and_what_stood_before(made):
    clone = Clone(made.folder)
    newest, first = clone.commits()
    assert clone.parent(newest.sha) == first.sha
    assert clone.parent(first.sha) == ""
    assert clone.diff(first.sha, newest.sha).startswith("diff --git a/src/a.py b/src/a.py\n")
    assert clone.first_authored(first.sha, newest.sha) == newest.authored
    assert clone.holds(newest.sha)
    assert not clone.holds("f" * 40)


@pytest.mark.parametrize("sha", ["HEAD", "--output=/tmp/x", "", "f" * 39, "F" * 40, "main\nHEAD", "a" * 40 + "\n"])
def test_what_is_no_hash_never_reaches_git(made, sha):
    clone = Clone(made.folder)
    assert not clone.holds(sha)
    for ask in (clone.parent, lambda one: clone.diff(one, one), lambda one: clone.first_authored(one, one)):
        with pytest.raises(BadArgument, match="is no hash"):
            ask(sha)


def test_what_a_clone_would_have_run_is_not_run(tmp_path):
    """A clone of somebody else may name programs in its configuration and its attributes."""
    repository, ran = MadeClone(tmp_path / "evil"), tmp_path / "ran"
    repository.commit("Begin", {".gitattributes": "* diff=evil\n", "a.txt": "one\n"})
    repository.commit("Next", {"a.txt": "two\n"})
    for name in ("diff.external", "core.fsmonitor", "diff.evil.command", "diff.evil.textconv", "core.pager"):
        repository.git("config", name, f"touch {ran};false")
    clone = Clone(repository.folder)
    newest, first = clone.commits()
    assert "+two" in clone.diff(first.sha, newest.sha)
    assert not ran.exists()


def test_whose_clone_it_is(made, tmp_path):
    assert list(clones(str(made.folder))) == ["acme/kettle"]
    assert list(clones(f"acme/Kettle={made.folder}")) == ["acme/kettle"]
    with pytest.raises(BadArgument, match="is a clone of Acme/kettle, and not of acme/rocket"):
        clones(f"acme/rocket={made.folder}")
    bare = MadeClone(tmp_path / "bare")
    with pytest.raises(BadArgument, match="does not say of what it is a clone"):
        clones(str(bare.folder))
    assert list(clones(f"a/b={bare.folder}")) == ["a/b"]
    with pytest.raises(BadArgument, match="holds no commit"):
        list(clones(f"a/b={bare.folder}")["a/b"].commits())


def test_folders_that_are_no_clones(tmp_path):
    with pytest.raises(BadArgument, match="is no folder"):
        Clone(tmp_path / "none")
    (tmp_path / "plain").mkdir()
    with pytest.raises(BadArgument, match="cannot be read by git"):
        Clone(tmp_path / "plain")
