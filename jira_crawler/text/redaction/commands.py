"""Finds the passwords that are given to well-known programs on a command line."""

from __future__ import annotations

import re
from collections import Counter
from functools import partial
from typing import Final

from jira_crawler.text.redaction.credentials import CREDENTIALS
from jira_crawler.text.redaction.hints import Hints

PASSWORD: Final = "<PASSWORD>"  # noqa: S105 - the mark, not a password

_VALUE: Final = r"(?P<quote>[\"']?)(?P<value>(?![-<$%{*\"'`])[^\s\"'`<>|;&)]{1,127}[^\s\"'`<>|;&),\]])"
_UP_TO: Final = r"\b[^\n|;&<]{0,300}?(?:\\\n[^\n|;&<]{0,200}?){0,4}?[ \t\"',]"
_SEP: Final = r"(?:[ \t]|[\"']?,\s?)"  # arguments also stand in a list: `[tool, -P, …]`
_TOOLS: Final = tuple(
    (hint, re.compile(rf"(?P<before>(?<![\w./-]{{3}}-)(?<!\w){tool}){_VALUE}"))
    for hint, tool in (
        ("mysql", rf"(?:mysql\w*){_UP_TO}-p(?:[ ](?=\S*[\d!#@^]))?"),  # a word behind a blank is the database
        ("mariadb", rf"mariadb[\w-]{{0,12}}{_UP_TO}-p(?:[ ](?=\S*[\d!#@^]))?"),
        ("sshpass", rf"sshpass[\"']?[\s,]+[\"']?-p{_SEP}?"),
        ("mongo", rf"mongo\w{{0,12}}{_UP_TO}-p{_SEP}"),
        ("beeline", rf"beeline{_UP_TO}-p{_SEP}"),
        (
            "(?:docker|podman|registry|oc|az|acr|ibmcloud|cf|skopeo|crane|buildah) login",
            rf"(?:docker|podman|helm registry|oc|az|az acr|ibmcloud|cf|skopeo|crane|buildah) login{_UP_TO}-p{_SEP}?",
        ),
        (
            "ldap(?:search|modify|add|delete|whoami|passwd|compare)",
            rf"ldap(?:search|modify|add|delete|whoami|passwd|compare){_UP_TO}-w{_SEP}?",
        ),
        ("redis-cli", rf"redis-cli{_UP_TO}-a{_SEP}"),
        ("psexec", rf"psexec{_UP_TO}-p{_SEP}"),
        ("7za? ", rf"7za?{_UP_TO}-p"),
        ("zip .*-p", rf"(?:un)?zip{_UP_TO}-P{_SEP}?"),
        ("lftp", rf"lftp{_UP_TO}-u [^\s,]{{1,64}},"),
        ("storepass", r"-(?:src|dest|deststore|new)?storepass(?:wd)?\s+"),
        ("keypass", r"-(?:src|dest|new)?keypass(?:wd)?\s+"),
        ("pass:", r"-pass(?:in|out)?\s+pass:"),
        ("htpasswd", r"htpasswd(?= (?:-\w{1,8} ){0,4}-\w{0,6}b)(?: -\w{1,8}){1,5} \S{1,128} \S{1,64} "),
        ("sudo -s", r"echo\s(?=[^\n|]{1,100}\|\s{0,3}sudo -S)"),
        ("chpasswd", r"echo\s[\"']?[\w.-]{1,64}:(?=[^\n|]{1,100}\|\s{0,3}(?:sudo )?chpasswd)"),
        ("sqlcmd|bcp ", rf"(?:sqlcmd|bcp){_UP_TO}-P{_SEP}?"),
        ("net use", rf"net use{_UP_TO}/user:\S{{1,64}}[ \t]+"),
        ("net use", r"net use \S{1,3} \S{1,80} (?=\S{2,64} /user:)"),
        ("net user", r"net user \S{1,40} (?=\S{2,64} /)"),
        ("(?:plink|pscp|psftp|putty) ", r"(?:plink|pscp|psftp|putty)\b[^\n|;&<]{0,300}?\s-pw "),
        ("--stdin", r"echo\s(?=[^\n|]{1,100}\|\s{0,3}(?:sudo )?passwd --stdin)"),
        ("--pass ", r"--pass "),
        ("xfreerdp", rf"xfreerdp{_UP_TO}/p:"),
        ("rdesktop", rf"rdesktop{_UP_TO}-p{_SEP}"),
        ("ipmitool", rf"ipmitool{_UP_TO}-P{_SEP}"),
        (r"snmp\w{3,8} ", rf"snmp\w{{3,8}}{_UP_TO}-[AX] "),
        ("openssl", rf"openssl enc{_UP_TO}-k{_SEP}"),
        ("vncpasswd", r"<<<\s?"),
        ("kinit", r"echo\s(?=[^\n|]{1,100}\|\s{0,3}kinit)"),
        ("add_user|change_password", r"(?:add_user|change_password)[ \t]+\S{1,64}[ \t]+"),
    )
)
_PAIR: Final = r"(?P<quote>[\"']?)(?P<value>(?![-<$%{*\"'`])[^\s:\"'`<>|;&]{1,128}:(?![<$%{*/])[^\s\"'`<>|;&]{1,128})"
_PAIRS: Final = (
    ("curl", re.compile(rf"(?P<before>\bcurl{_UP_TO}(?:-\w{{0,6}}u ?|(?:--proxy)?--?(?:proxy-)?user[ =]|-U )){_PAIR}")),
    (
        r"https? .*(?:-a |--auth)",
        re.compile(rf"(?P<before>\bhttp(?:ie|s)?\s[^\n|;&<]{{0,300}}?(?:-a |--auth[ =])){_PAIR}"),
    ),
    (
        "(?:smbclient|winexe|rpcclient|wmic)",
        re.compile(
            r"(?P<before>\b(?:smbclient|winexe|rpcclient|wmic)\b[^\n|;&<]{0,300}?\s-U ?)"
            r"(?P<quote>[\"']?)(?P<value>[^\s%]{1,64}%[^\s\"']{1,64})"
        ),
    ),
    ("ab -", re.compile(rf"(?P<before>\bab\s[^\n|;&<]{{0,300}}?-A ){_PAIR}")),
)
HINTS: Final = tuple(hint for hint, _ in (*_TOOLS, *_PAIRS))
_GROUPS: Final = Hints([(hint,) for hint in HINTS])
_PATTERNS: Final = (
    *(("password", PASSWORD, pattern) for _, pattern in _TOOLS),
    *(("credentials", CREDENTIALS, pattern) for _, pattern in _PAIRS),
)
_STANDS_FOR: Final = re.compile(
    r"(?:my_?|your_?)?(?:user(?:name|id)?|usr|login|name|u):(?:my_?|your_?)?(?:pass(?:word|wd)?|pwd?|p)|pass(?:word)?|passwd|pwd|secret|x{3,}|\.{3}|your.*|my_?pass(?:word)?",
    re.IGNORECASE,
)


def redact(text: str, counts: Counter[str]) -> str:
    """The text with `<PASSWORD>`, or `<CREDENTIALS>` for a name with its password; adds their number to `counts`."""

    def mark(kind: str, sign: str, match: re.Match[str]) -> str:
        if _STANDS_FOR.fullmatch(match["value"]):
            return match[0]
        counts[kind] += 1
        return match["before"] + match["quote"] + sign

    for number in sorted(_GROUPS.groups_in(text.lower())):
        kind, sign, pattern = _PATTERNS[number]
        text = pattern.sub(partial(mark, kind, sign), text)
    return text
