"""Says whether fenced code is in the language that its fence names.

Jira's editor offers Java first, so half of what is fenced as Java is a log, a query or what a terminal showed. A name
is kept where the code may be that language, changed where it plainly is something else, and left out where it is
neither. Only lines at the beginning are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import orjson

from jira_crawler.text.fences import blocks, closes, fenced
from jira_crawler.text.logs import is_log_line

_OPENING: Final = re.compile(r"([ \t>]*(?:`{3,}|~{3,}))[ \t]*([\w+#.-]+)[ \t]*")
_LOOKED_AT: Final = 60  # lines
_LONGEST_JSON: Final = 100_000  # characters
_NO_LANGUAGE: Final = frozenset({"none", "noformat", "plain", "nolanguage"})

_FAILURE: Final = re.compile(
    r"(?:Exception in thread |Caused by: |(?:[a-z][\w$]*\.)+[A-Z][\w$]*(?:Exception|Error)\b(?!\()"
    r"|Traceback \(most recent|[A-Z]\w*Error: )"
)
_DIFF: Final = re.compile(r"@@ -\d+|diff --git |Index: \S+$|(?:---|\+\+\+) (?:[ab]/|\S+\s+\(|/dev/null)")
_MARKUP: Final = re.compile(r"<(?:[A-Za-z/][\w:.-]*|!--|!DOCTYPE|\?xml)(?=[\s/>]|$)")
_PAIR: Final = re.compile(r"\"[^\"\n]{1,80}\"\s*:\s*(?:[\"{\[\d-]|true|false|null)")
_PROMPTED: Final = (
    r"(?:(?:hive|spark-sql|mysql|sqlite|beeline|presto|trino|\d+: jdbc:\S+|[\w.-]+=[#>])(?: \([\w.]+\))?> ?)?"
)
_SQL: Final = re.compile(
    rf"\s*{_PROMPTED}(?:SELECT\s|INSERT\s+(?:INTO|OVERWRITE)\s"
    r"|CREATE\s+(?:(?:EXTERNAL|TEMPORARY|MANAGED|UNIQUE|OR\s+REPLACE|TRANSACTIONAL|MATERIALIZED)\s+)*"
    r"(?:TABLE|VIEW|DATABASE|SCHEMA|INDEX|FUNCTION)\s"
    r"|ALTER\s+TABLE\s|DROP\s+(?:TABLE|VIEW|DATABASE|INDEX)\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|WITH\s+\w+\s+AS\b"
    r"|EXPLAIN\s+(?:\w+\s+)?(?:SELECT|INSERT|WITH)\b|SET\s+\w+(?:\.[\w.]+\s*=|\s*=[^;&\n]*;)|LOAD\s+DATA\s|ANALYZE\s+TABLE\s|MERGE\s+INTO\s"
    r"|TRUNCATE\s+TABLE\s|SHOW\s+(?:TABLES|CREATE|PARTITIONS|DATABASES)\b|DESC(?:RIBE)?\s+(?:FORMATTED|EXTENDED)\s)",
    re.IGNORECASE,
)
_COMMAND: Final = re.compile(
    r"\s*(?:\$ |> )?(?:sudo |nohup |time )?(?:(?:cd|ls|cat|git|svn|mvn|\./mvnw|npm|npx|node|yarn|curl|wget"
    r"|docker|kubectl|export|chmod|chown|mkdir|cp|mv|rm|tar|unzip|ssh|scp|echo|grep|find|ps|kill|apt(?:-get)?|yum|brew|pip3?|python3?"
    r"|ant|gradle|\./gradlew|hdfs|hadoop|hive|beeline|spark-(?:submit|shell|sql)|java|javac|adb|ti|titanium|alloy|appc"
    r"|jake|gulp|xcodebuild|sed|awk|source|sh|bash|make|cmake|rg|openssl|keytool)\s+[\w./~$\"'*@:-]"
    r"|(?:\./|bin/|\.\./)[\w./-]+(?:\s|$))"
)
_PROMPT: Final = re.compile(r"\s*(?:\$ |[\w.@~:/\\\[\] -]{2,60}[$#%] |[A-Z]:\\[^>\n]{0,80}> ?)(?=[\w./])")
_SENTENCE: Final = re.compile(r"[A-Z][\w']*(?: [\w'`,()-]+){4,}[.:!?]?$")

_CODE_LINE: Final = re.compile(r"\s*(?:[}@*.)]|//|/\*|\d+\s)|.*[;{},(:>&|+=\])]\s*(?://.*)?$")
_JAVA: Final = re.compile(
    r"\b(?:public|private|protected|static|final|void|throws|throw|extends|implements|instanceof|return|null)\b"
    r"|\bimport (?:static )?[\w.]+(?:\.\*)?;|\bpackage [\w.]+;|\bnew [A-Z][\w.]*"
    r"|@(?:Override|Test|param|return|link|code|see)\b"
    r"|\b(?:String|int|long|boolean|byte|char|double|float)(?:\[\]|<[^>]*>)? \w+|\w\.\w+\(|^\s*[A-Za-z]\w*\([^()]*\)"
    r"|\b(?:if|for|while|switch|catch) ?\("
)
_SCRIPT: Final = re.compile(
    r"\b(?:var|let|const)\s+[\w$]+\s*=|\bfunction\b\s*[\w$]*\s*\(|\)\s*=>|\brequire\(['\"]|[!=]==|(?<![\w$])\$\.\w"
    r"|\bexports\.|\bconsole\.log\(|\bTi\.[A-Z]|\bAlloy\.\w"
)
_PYTHON: Final = re.compile(
    r"\s*(?:def \w+\(.*\).*:$|from [\w.]+ import |import \w[\w.]*(?: as \w+)?$|>>> |class \w+(?:\(.*\))?:$|print\(.*\)$"
    r"|(?:if|for|while|with|elif) [^(){};]+:$|\w+ = \w+\(.*\)$(?<!;))"
)
_SCALA: Final = re.compile(
    r"\s*(?:(?:lazy |private |override )*(?:val|var) \w+(?:: ?[\w\[\], ]+)? = |(?:override |private )?def \w+.*[={]\s*$"
    r"|case class |object \w+|import [\w.]+\.(?:_|\{.*\})$|scala> )"
)
_OTHER_C: Final = re.compile(
    r"#include|@(?:property|interface|implementation|selector)\b|\bNS[A-Z]\w+ ?\*|^\s*[-+] ?\(\w+|\bimplementation '"
)
_PLACED: Final = re.compile(r"\s*\S+\.\w{1,5}:\d+[:\s]")  # what a search or a compiler shows


def retagged(text: str) -> str:
    """Lets every fence of a Markdown text name the language of its code, or none; the code stays as it is."""
    if not fenced(text):
        return text
    parts: list[str] = []
    for code, lines in blocks(text):
        if code and (named := _OPENING.fullmatch(lines[0])):
            inside = lines[1:-1] if closes(lines[-1], named[1].strip(" \t>")) else lines[1:]
            right = language(named[2], [line.lstrip("> ") for line in inside] if ">" in named[1] else inside)
            lines = lines if right == named[2] else [named[1] + right, *lines[1:]]
        parts += lines
    return "\n".join(parts)


def language(name: str, lines: list[str]) -> str:
    """The name that a fence with these lines should have: its own, another one, or "" where none is sure."""
    kind = name.casefold()
    full = [line for line in lines if line.strip()][:_LOOKED_AT]
    if kind in _NO_LANGUAGE or not full:
        return "" if kind in _NO_LANGUAGE else name
    if kind not in _MAY_BE:
        return name
    if kind not in _LOGS and _share(full, _is_log) >= 0.5:
        return "log"
    if kind not in ("diff", "patch") and _is_diff(full):
        return "diff"
    if _MAY_BE[kind](full):
        return name
    for other, plainly in _PLAINLY.items():
        if plainly(full):
            return other
    return ""


def _share(lines: list[str], of: Callable[[str], object]) -> float:
    return sum(1 for line in lines if of(line)) / len(lines)


def _is_log(line: str) -> bool:
    return is_log_line(line) or _FAILURE.match(line.lstrip()) is not None


def _is_diff(lines: list[str]) -> bool:
    if any(map(_DIFF.match, lines)):
        return sum(line[0] in "+-" for line in lines) >= 2 or lines[0].startswith(("diff --git", "@@", "Index:"))
    signs = [line[0] for line in lines]
    changed = signs.count("+") + signs.count("-")
    alone = any(line[1:2] in (" ", "\t", "-") and line[2:3] != " " and line[1:2] == "-" for line in lines)
    return not alone and min(signs.count("+"), signs.count("-")) > 0 and 2 * changed >= len(lines) > 1


def _is_xml(lines: list[str]) -> bool:
    begins, ends = lines[0].strip(), lines[-1].strip()
    if not _MARKUP.match(begins) or not (ends.endswith(">") or len(lines) == _LOOKED_AT):
        return False
    return _share(lines, lambda line: "<" in line or ">" in line or "=" in line) >= 0.6 and "(" not in begins


def _is_json(lines: list[str]) -> bool:
    text = "\n".join(lines).strip()
    if text[:1] not in "{[" or len(text) > _LONGEST_JSON:
        return _share(lines, lambda line: _PAIR.match(line.lstrip())) >= 0.6
    try:
        read = orjson.loads(text)
    except orjson.JSONDecodeError:
        return len(lines) > 2 and _share(lines, lambda line: _PAIR.search(line) or line.strip(" \t,{}[]") == "") >= 0.8
    return bool(read) and '"' in text


def _is_sql(lines: list[str]) -> bool:
    said = [line for line in lines if not line.lstrip().startswith(("--", "#", "//"))]
    if not said or not _SQL.match(said[0]):
        return False
    text = "\n".join(said)
    return re.search(r";|\bfrom\b|\btable\b|\bvalues\b|\bset\b", text, re.IGNORECASE) is not None and "){" not in text


def _is_shell(lines: list[str]) -> bool:
    said = [line for line in lines if not line.lstrip().startswith("#")]
    if not said or _SENTENCE.match(said[0]):
        return False
    if _PROMPT.match(said[0]) and not said[0].rstrip().endswith((";", "{")):
        return True
    return _COMMAND.match(said[0]) is not None and _share(said, lambda line: _COMMAND.match(line)) >= 0.4


def _is_code(lines: list[str]) -> bool:
    return _share(lines, lambda line: len(line) < 1_000 and _CODE_LINE.match(line)) >= 0.5


def _is_java(lines: list[str]) -> bool:
    if any(_SCRIPT.search(line) or _OTHER_C.search(line) or _PLACED.match(line) for line in lines):
        return False
    if _is_foreign(lines) or _is_xml(lines) or _is_sql(lines) or _PROMPT.match(lines[0]):
        return False
    return _is_code(lines) and any(map(_JAVA.search, lines))


def _is_foreign(lines: list[str]) -> bool:
    return not any(line.rstrip().endswith(";") for line in lines) and any(
        _PYTHON.match(line) or _SCALA.match(line) for line in lines
    )


def _is_script(lines: list[str]) -> bool:
    return any(map(_SCRIPT.search, lines)) and _is_code(lines)


def _is_python(lines: list[str]) -> bool:
    return any(map(_PYTHON.match, lines)) and not any(line.rstrip().endswith((";", "{", "}")) for line in lines)


def _is_scala(lines: list[str]) -> bool:
    return any(map(_SCALA.match, lines)) and not any(line.rstrip().endswith(";") for line in lines)


_PLAINLY: Final[dict[str, Callable[[list[str]], bool]]] = {
    "xml": _is_xml,
    "json": _is_json,
    "sql": _is_sql,
    "shell": _is_shell,
    "javascript": _is_script,
    "scala": _is_scala,
    "python": _is_python,
}
_LOGS: Final = frozenset({"log", "logs", "console", "output", "text", "txt"})


def _holds(pattern: str) -> Callable[[list[str]], bool]:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda lines: any(map(compiled.search, lines))


def _scripted(lines: list[str]) -> bool:
    return not (_is_xml(lines) or _is_sql(lines) or _is_shell(lines) or _PROMPT.match(lines[0]))


# What may be in a fence of each name; names that are not here were chosen by somebody, and stay.
_MAY_BE: Final[dict[str, Callable[[list[str]], bool]]] = {
    "java": _is_java,
    **dict.fromkeys(("javascript", "js"), _scripted),
    **dict.fromkeys(("xml", "html", "xhtml"), _holds(r"<[/!?a-z]")),
    "json": _holds(r"[{\[]|\"\s*:"),
    "sql": _holds(r"\b(?:select|insert|create|alter|drop|update|delete|set|with|explain|from|show|describe)\b"),
    **dict.fromkeys(
        ("bash", "sh", "shell"), lambda lines: not (_is_xml(lines) or _is_json(lines) or _is_script(lines))
    ),
}
