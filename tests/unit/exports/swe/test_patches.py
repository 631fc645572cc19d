"""Diffs are parted by path, and held against what is shown of the issue."""

from __future__ import annotations

import pytest

from jira_crawler.exports.swe.patches import is_test, leaked_share, parted

DIFF = """diff --git a/src/a.py b/src/a.py
index 1..2 100644
--- a/src/a.py
+++ b/src/a.py
@@ -1 +1,3 @@
-one
+return compute(  total )
+raise ValueError("no total")
+}
diff --git a/tests/test_a.py b/tests/test_a.py
new file mode 100644
--- /dev/null
+++ b/tests/test_a.py
@@ -0,0 +1 @@
+assert compute(1)
diff --git a/tests with blanks/b.py b/tests with blanks/b.py
--- a/tests with blanks/b.py
+++ b/tests with blanks/b.py
"""


@pytest.mark.parametrize(
    "path",
    [
        "tests/unit/a.py",
        "src/test/java/a/B.java",
        "core/src/main/java/BTest.java",
        "a/KafkaConsumerIT.java",
        "TestParser.java",
        "pkg/a_test.go",
        "web/a.spec.ts",
        "web/__tests__/a.js",
        "spec/models/a_spec.rb",
        "conftest.py",
        "e2e/a.sh",
        "integration-tests/a.py",
        "sql/FooSuite.scala",
    ],
)
def test_paths_of_tests(path):
    assert is_test(path)


@pytest.mark.parametrize(
    "path",
    [
        "src/a.py",
        "src/contest.py",
        "Testament.txt",
        "src/latest/a.js",
        "docs/attest.md",
        "src/Manifest.java",
        "AUDIT.md",
    ],
)
def test_paths_that_only_sound_so(path):
    assert not is_test(path)


def test_both_parts_together_are_the_whole():
    parts = parted(DIFF)
    assert parts.files == ("src/a.py", "tests with blanks/b.py")
    assert parts.test_files == ("tests/test_a.py",)
    assert sorted((parts.patch + parts.test_patch).splitlines()) == sorted(DIFF.splitlines())
    assert parted("").patch == ""


def test_how_much_of_the_code_an_issue_gives_away():
    assert leaked_share(DIFF, "It should `return  compute( total )` here") == pytest.approx(1 / 3, abs=0.001)
    assert leaked_share(DIFF, "It does not work") == 0
    assert leaked_share("", "anything") == 0
    assert leaked_share("+++ b/a long name.py\n+}\n", "+++ b/a long name.py }") == 0
