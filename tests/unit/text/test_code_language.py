"""A fence keeps the name of its language where the code may be that, gets another one or none where it is not."""

import pytest

from jira_crawler.text.code_language import retagged
from tests.unit.effort import MOST, of_size, relative_cost

JAVA = "public class A {\n    int f() {\n        return 1;\n    }\n}"
RIGHT = [
    ("java", JAVA, "java"),
    ("java", "/**\n * Gets it.\n * @return the thing\n */", "java"),
    ("java", 'format.setRecordSeparator(",")', "java"),
    ("java", "12  int index = at(name);\n13  return index;", "java"),
    ("java", "[ERROR] Failed to run\n[ERROR] Nothing to do", "log"),
    ("java", "java.lang.IllegalStateException: gone\n\tat a.B.c(B.java:12)", "log"),
    ("java", "2025-09-18T16:22:34,121 ERROR [main] a.B: gone", "log"),
    ("java", '<a>\n  <b c="d"/>\n</a>', "xml"),
    ("java", "$ mvn test -Dtest=A\nTests run: 1", "shell"),
    ("java", "C:\\Users\\ann>reg query HKEY\n\nHKEY", "shell"),
    ("java", "mvn clean install -DskipTests", "shell"),
    ("java", '{"a": 1, "b": [true]}', "json"),
    ("java", "CREATE TABLE t (a INT);\nSELECT a FROM t;", "sql"),
    ("java", "hive> select a from t;\n1", "sql"),
    ("java", "@@ -1,2 +1,2 @@\n-  a();\n+  b();", "diff"),
    ("java", "-  a();\n+  b();", "diff"),
    ("java", "var map = require('map');\nmap.open();", "javascript"),
    ("java", "from a import b\nc = b(1)", "python"),
    ("java", "val a = b.c(1)\nval d = a.e", "scala"),
    ("java", "-F 1\n-F bla", ""),
    ("java", "Operating System\n  Name = Linux\n  Version = 10", ""),
    ("java", "set A=* && run it", ""),
    ("java", "- one point\n- another point", ""),
    ("java", "src/A.java:12    private int a;\nsrc/B.java:13    private int b;", ""),
    ("none", "a b c", ""),
    ("javascript", "win.open();", "javascript"),
    ("javascript", "{ a: 1 }", "javascript"),
    ("js", "<a><b/></a>", "xml"),
    ("xml", "<a/>", "xml"),
    ("xml", "nothing of it", ""),
    ("json", "config: {\n  a: 1\n}", "json"),
    ("bash", "ls -l", "bash"),
    ("bash", "[INFO] one\n[INFO] two", "log"),
    ("rust", "fn main() {}", "rust"),
    ("css", ".a { b: c }", "css"),
    ("java", "", "java"),
]


@pytest.mark.parametrize(("name", "code", "right"), RIGHT)
def test_names_the_language(name, code, right):
    assert retagged(f"a\n```{name}\n{code}\n```\nb") == f"a\n```{right}\n{code}\n```\nb"


def test_only_the_name_of_a_fence_changes():
    text = "> ~~~~java\n> [INFO] a  \n>\n> [INFO] b\n> ~~~~\n\n"
    text += "- x\n  ```java\n  int a = b.c();\n  ```\n\n```java\n[INFO] a"
    assert retagged(text) == text.replace("~~~~java", "~~~~log").replace("```java\n[INFO]", "```log\n[INFO]")


@pytest.mark.parametrize("piece", ["a ", "a", "<a ", "{", '"a":', "-", "+\n-\n", "select ", "a.b(", "$ ", "a\n"])
def test_takes_linear_time(piece):
    assert relative_cost(lambda: retagged("```java\n" + of_size(piece) + "\n```")) < MOST
