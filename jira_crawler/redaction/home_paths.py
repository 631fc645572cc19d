"""Finds the names of people in the paths of their home directories."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from jira_crawler.redaction.placeholders import USER
from jira_crawler.redaction.rules import Near, Rule

_HINTS: Final = (
    *(
        r"/(?:homes?[0-9]?|users)\\?/",
        r"users\\",
        r"home\\",
        "documents(?: |%20|\\\\ )and",
        "einstellungen",
        "docume~1",
    ),
    *(r"\\(?:benutzer|utilisateurs|usuarios|profiles)", "~[a-z][a-z0-9._-]{2}", "/user/", "%2f(?:home|users)%2f"),
    *("%5cusers%5c", "hd:users", "hsperfdata_", "/var/(?:spool/)?(?:mail|cron)/", "/run/media/"),
)

_UNIX: Final = re.compile(
    r"(?P<before>/(?:homes?\d?|Users)/(?:(?:users|staff|students?|people|local/[A-Z]{2,12}|[a-z]|(?!(?:USER|USERNAME|NAME|YOU|X{2,})/)[A-Z]{2,12})/)?)(?P<user>[^\W_][\w.@+-]{0,63}|_\w[\w.-]{0,62})"
)
_ESCAPED: Final = re.compile(
    r"(?P<before>%2F(?:home|Users)%2F|%5CUsers%5C)(?P<user>[A-Za-z](?:[\w.-](?<!%)){0,63})", re.IGNORECASE
)
_BLANK: Final = r"(?:[ ]|%20|\\ )"
_PROFILES: Final = (
    rf"(?:Users|DOCUME~1|Documents{_BLANK}and{_BLANK}Settings|Dokumente und Einstellungen|Benutzer|Utilisateurs"
    r"|Usuarios|Profiles)"
)
_WINDOWS: Final = re.compile(
    rf"(?P<before>(?:\b[A-Za-z](?::|%3A)(?:[\\/]{{1,4}}WINNT)?|\\|/)[\\/]{{1,4}}{_PROFILES}[\\/]{{1,4}}"
    rf"|\bUsers\\{{1,2}}|\\\\[\w.$-]{{1,60}}\\{{1,2}}{_PROFILES}\\{{1,2}}"
    r"|\\{1,2}home\\{1,2}|\bMacintosh HD:Users:|\\/(?:home|Users)\\/)"
    r"(?P<user>[^\W_][\w.@+~-]{0,63}(?:[ ][A-Z][\w.@+~-]{0,30}(?=[ \\/>])){0,2})",
    re.IGNORECASE,
)
_TILDE: Final = re.compile(
    r"(?P<before>(?<![\w~.)\]*}])~)(?P<user>[a-z][a-z0-9._-]{2,31})(?=/[\w.]|/?(?:[\s\"'`):,]|\Z))"
)
_HDFS: Final = re.compile(
    r"(?P<before>\b(?:hdfs|viewfs|webhdfs|wasbs?|abfss?)://[\w.:@-]{0,80}/user/"
    r"|\b(?:hdfs dfs|hadoop fs)\b[^\n|;]{0,200}?\s/user/)"
    r"(?P<user>[A-Za-z][\w.-]{0,63})|(?P<before2>(?<![\w./])/user/)(?P<user2>[A-Za-z][\w.-]{0,63})"
    r"(?=/(?:\.staging|\.sparkStaging|\.Trash|\.hiveJars|tmp|data|input|output|warehouse)\b)"
)
_SPOOL: Final = re.compile(
    r"(?P<before>\bhsperfdata_|/var/(?:spool/)?(?:mail/|cron/(?:crontabs/|tabs/)?)|/run/media/)"
    r"(?P<user>[A-Za-z][\w.-]{0,63})"
)
# Whom a machine or a document names so is nobody.
_NAMES: Final = """
    admin administrator airflow all all-users alpine ambari ambari-ci ambari-qa anonymous apache app application
    apps appuser artifactory atlas azureuser backup bamboo bar baz bin bitbucket bitnami build buildbot builder
    buildkite buildkite-agent builds cassandra cassandra-user centos ci circleci cloud-user cloudera coder
    codespace conda confluence containeradministrator containeruser core cvspublic daemon data debian default
    defaultuser0 demo deploy deployer dev devel developer docker ec2-user elastic elasticsearch etc example
    export fedora flink flume foo gcpuser git github gitlab gitlab-runner gitpod gradle guest hadoop hbase hdfs
    hg hive home httpd hudson hue impala jboss jenkins jenkinsci jetty jira jovyan kafka kibana knox kudu lib
    linuxbrew livy local localuser logstash mapr mapred mapreduce maven me mongodb my-name my-user my_user
    myname mysql myuser myusername name nexus nfs nginx nobody node oozie opc operator opt oracle owner pi
    postgres presto project projects public public-documents ranger redacted redis removed rocky root runner
    runneradmin rustbuild sample server service shared shared-data solr some-user somebody someguy someone
    someuser sonar spark sqoop src stack storm svc svn system teamcity test test-user tester tests testuser tez
    tmp tomcat travis trino ubuntu user user-name user_0 user_name userid username users vagrant var vmadmin
    vsts vsts_azpipelinescontainer web webapp wildfly work www www-data xyz yarn you your-name your-username
    your_name your_username yourname youruser yourusername zeppelin zookeeper
"""
_NOBODY: Final = frozenset(_NAMES.split())
_GENERIC: Final = re.compile(
    r"user[-_]?\d{1,3}|x{2,}|<.*|public[.-].*|\d+|.*\.(?:html?|php|jspx?|aspx?|do|action|json|xml|css|js|png|jpg|svg)",
    re.IGNORECASE,
)
_OF_PATHS: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@+-"
_COLOUR: Final = re.compile(r"\A\d{0,3}m(?=/|\Z)")  # of a terminal, with its escape lost
# What may stand right before the root: a side of a diff, a disk, an option of a compiler; and another home.
_ROOT: Final = re.compile(r"(?:[ab]|HD|-[A-Za-z])?(?:/(?:home|Users)/[^/]+/*)*")
_COMMAND: Final = re.compile(r"\b(?:cd|ls|cp|mv|cat|du|chown|chmod|rm|directory)(?: -\w+)? \Z")
_PAGE: Final = re.compile(r"\b(?:https?|ftp)://[^\s<>\"'()]*\Z")
_REQUEST: Final = re.compile(r"\b(?:GET|POST|PUT|HEAD|DELETE|PATCH|OPTIONS) \Z")
_STORES: Final = (
    "http",
    "https",
    "ws",
    "wss",
    "s3",
    "s3a",
    "s3n",
    "gs",
    "oss",
    "cosn",
    "wasb",
    "wasbs",
    "abfs",
    "abfss",
)
_LONGEST_RUN: Final = 200
_LINES: Final = Near(_HINTS)
_PATTERNS: Final = (
    ("/home", _UNIX),
    ("users", _UNIX),
    ("%2f", _ESCAPED),
    ("%5c", _ESCAPED),
    ("\\", _WINDOWS),
    ("hd:users", _WINDOWS),
    (":/", _WINDOWS),
    ("%3a", _WINDOWS),
    ("~", _TILDE),
    ("/user/", _HDFS),
    ("hsperfdata_", _SPOOL),
    ("/mail/", _SPOOL),
    ("/cron/", _SPOOL),
    ("/run/media/", _SPOOL),
)


def _redact(text: str, counts: Counter[str]) -> str:
    """The text with `/home/<USER>/…`, `C:\\Users\\<USER>\\…` and `~<USER>/…`; accounts of systems keep their names."""

    def mark(match: re.Match[str]) -> str:
        start, user = (part for part in match.groups() if part is not None)
        name = user.rstrip(".").casefold()
        if name in _NOBODY or _GENERIC.fullmatch(name) or (match.re is _UNIX and not _is_root(match)):
            return match[0]
        if match.re is _TILDE and not _is_shell(match):
            return match[0]
        counts["home"] += 1
        return start + USER + ("." if user.endswith(".") else "")

    def replace(lines: str) -> str:
        lower = lines.lower()
        for pattern in dict.fromkeys(pattern for hint, pattern in _PATTERNS if hint in lower):
            lines = pattern.sub(mark, lines)
        return lines

    return _LINES.change(text, replace)


RULE: Final = Rule("home_paths", _HINTS, _redact)


def _is_root(match: re.Match[str]) -> bool:
    """Tells `/home/ann`, `/export/home/ann` and `file:///home/ann` from pages of a site and folders of a project."""
    before = match.string[max(match.start() - _LONGEST_RUN, 0) : match.start()]
    scheme, mark, rest = before[len(before.rstrip(_OF_PATHS)) :].rpartition("://")
    if mark:
        return not scheme.endswith(_STORES)
    if _REQUEST.search(before):
        return False
    path = rest.rpartition(":")[2]
    path = _COLOUR.sub("", path)
    return path.startswith(("/", "@")) or _ROOT.fullmatch(path) is not None


def _is_shell(match: re.Match[str]) -> bool:
    """True for `~ann/…` and `cd ~ann`, not for `~ten`, nor for the pages that somebody shows to everybody."""
    if _PAGE.search(match.string[max(match.start() - _LONGEST_RUN, 0) : match.start()]):
        return False
    before = match.string[max(match.start() - 12, 0) : match.start()]
    return match.string.startswith("/", match.end()) or _COMMAND.search(before) is not None
