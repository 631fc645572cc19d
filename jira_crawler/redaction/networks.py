"""Finds public IP addresses, and tells them from versions, sections and object identifiers."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Final

from jira_crawler.redaction.placeholders import IP
from jira_crawler.redaction.rules import Rule

_OCTET: Final = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
# Matched from the first full stop on, and looked back from there: digits are common, numbers between stops are not.
_REST: Final = re.compile(
    rf"\.{_OCTET}\.{_OCTET}\.{_OCTET}(?!\d|\.{{1,3}}\d|[A-Za-z_]|\+[A-Za-z\d]|-(?!\d+\.\d+\.\d+\.\d)[A-Za-z\d])"
)
_FIRST: Final = re.compile(rf"(?:(?<![\w.+~^-])|(?<=<IP>-)|(?<=[\d.]{{6}}-)){_OCTET}\Z", re.ASCII)
# `ec2-54-…` names a machine by its address, tcpdump puts the port behind a fifth stop.
_DASHED: Final = re.compile(
    rf"\b(?P<before>(?:ec2|ip|host|static|dynamic|client|cpe|dsl|adsl|pool|vps)-)(?P<address>{_OCTET}(?:-{_OCTET}){{3}})(?=[.-][a-z])"
)
_DUMPED: Final = re.compile(
    rf"(?P<before>(?:\bIP|>|\btcp\w{{0,2}}\s+\d+\s+\d+\s+[\d.*]{{1,24}})[ ]{{1,20}})"
    rf"(?P<address>{_OCTET}(?:\.{_OCTET}){{3}})(?=\.\d{{2,5}}\b)"
)
# A block pool of Hadoop is called by the address of its name node.
_POOL: Final = re.compile(rf"(?P<before>\bBP-\d{{1,12}}-)(?P<address>{_OCTET}(?:\.{_OCTET}){{3}})(?=-\d)")
_DUMPED_HINT: Final = re.compile(r"\d\.\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{2,5}\b")
_DASHED_HINT: Final = re.compile(r"-\d{1,3}-\d{1,3}-\d{1,3}-\d{1,3}[.-]")
_PREFIX: Final = re.compile(r"/(\d{1,3})(?!\d)(?![./]\w)")

_V6_HINT: Final = re.compile(r":[0-9a-fA-F]{0,4}:")
_V6: Final = re.compile(
    r"[23](?<![\w.-].)(?<!::.)(?<![0-9a-fA-F]{4}:.)(?<!\d:.)[0-9a-fA-F]{3}(?::[0-9a-fA-F]{1,4}){0,7}"
    r"(?:::?(?:[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,6})?)?(?!\w|:[\w:])"
)

# Everyone's resolvers tell nothing about anyone.
_RESOLVERS: Final = frozenset(
    (
        "8.8.8.8",
        "8.8.4.4",
        "1.1.1.1",
        "1.0.0.1",
        "9.9.9.9",
        "4.2.2.1",
        "4.2.2.2",
        "208.67.222.222",
        "208.67.220.220",
        "2001:4860:4860::8888",
        "2001:4860:4860::8844",
        "2606:4700:4700::1111",
        "2606:4700:4700::1001",
        "1.2.3.4",
    )
)
_BEFORE_NUMBER: Final = r"\b\W*(?:is |to |from |of |at |in |was |on |number )?\W{0,3}\Z"
_VERSIONS: Final = re.compile(
    r"(?:\b(?:versions?|ver|vers|v|releases?|jar|oids?|sections?|chapter|clause|appendix|paragraph|figure|table"
    r"|assembly\w*|snmp\w*|publickeytoken|culture|build|firmware|jdk|jre|sdk|rc|revision|milestone|hotfix)|§)"
    + _BEFORE_NUMBER,
    re.IGNORECASE,
)
_PRODUCTS: Final = re.compile(
    r"\b(?:released|upgrad\w+|updat\w+|downgrad\w+|migrat\w+|bump\w*|java|drivers?|kernel|patch\w*|fix\w*|tags?|branch"
    r"|rev|package|plugin|module|dependency|library|artifact|dll|gem|rpm|deb|iso|prior to|since|older than|newer than"
    r"|at least|or later|as of|before|after|chrome|chromium|firefox|safari|opera|edge|msie|trident|webkit|applewebkit"
    r"|mozilla|gecko|python|ruby|nodejs|npm|oracle|hdp|cdh|cdp|ambari|hadoop|hive|hbase|spark|kafka|tez|ranger"
    r"|storm|flink|titanium|studio|android|ios|windows|office|sql server|mysql|mariadb|postgres\w*|tomcat|jetty"
    r"|websphere|weblogic|jboss)" + _BEFORE_NUMBER,
    re.IGNORECASE,
)
_HOSTS: Final = re.compile(
    r"\b(?:ips?|ip[ _-]?address(?:es)?|ipv4|addr|address(?:es)?|inet|hosts?|hostname|servers?|servername|nodes?"
    r"|clients?"
    r"|clientip|remote|remote_addr|remoteaddr|peer|client_?ip|client_?address|source|src|dst|dest|destination|gateway"
    r"|nameserver|dns|proxy|endpoint|broker|brokers|listen|listening|bind|bound|connect\w*|reach|ping|ssh|telnet|scp|rsync"
    r"|curl|wget|nc|nmap|traceroute|machine|box|vm|instance|worker|master|slave|router|firewall|allow"
    r"|deny|block\w*|x-forwarded-for|forwarded|real-ip|x-real-ip|callfrom|(?<!<)user|location|url|datanode|namenode|ugi|caller"
    r"|resolv\w+|A|[UD][NJLM])\b[\s\"'`=:(\[/@|,<>*]{1,6}(?:is |at |of |was |with |on |to )?[\"'`(\[/*]{0,3}\Z",
    re.IGNORECASE,
)
# What calculates with networks takes any address.
_CALCULATED: Final = re.compile(r"(?:\bSubnet\w*|\bisInRange)\(\s{0,2}[\"'](?:[^\"'\n]{1,20}[\"'],\s{0,2}[\"'])?\Z")
_TOWARDS: Final = re.compile(r"\b(?:via|from|by|for|to|at|with|on|of|and|or|against) [\"'`(\[]{0,2}\Z", re.IGNORECASE)
_PORT: Final = re.compile(r":\d{2,5}(?![\d.])")
_LOG: Final = re.compile(r"(?: - |\]?\)?:\d{2,5}\b| port \d| \(\d+\) \d+\(|,? (?:ttl|icmp)|/\d{2,5}\b)")
_PRODUCT: Final = re.compile(r"(?:[A-Za-z][\w+#)]*|<USER>)[\s/(\"'`*]{1,3}\Z")
_AROUND: Final = 48
_FIRST_OF_VERSIONS: Final = 12  # few products count higher before their first full stop
_SOMEBODYS: Final = 16


_HINTS: Final = (
    r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]",
    r"[23][0-9a-f]{3}:[0-9a-f]{0,4}:",
    r"-[0-9]{1,3}-[0-9]{1,3}-[0-9]{1,3}[.-]",
)


def _redact(text: str, counts: Counter[str]) -> str:
    """The text with `<IP>` for each public address, with its port and prefix left; adds their number to `counts`."""
    parts = []
    done = 0
    for rest in _REST.finditer(text):
        first = _FIRST.search(text, max(rest.start() - 4, 0), rest.start())
        if first and first.start() >= done and _is_host(text, first.start(), rest.end()):
            parts += [text[done : first.start()], IP]
            done = rest.end()
    text = "".join(parts) + text[done:] if parts else text
    found = len(parts) // 2

    def mark_named(match: re.Match[str]) -> str:
        nonlocal found
        public = _is_public(match["address"].replace("-", "."))
        found += public
        return match["before"] + IP if public else match[0]

    if _DASHED_HINT.search(text):
        text = _DASHED.sub(mark_named, text)
    if "BP-" in text:
        text = _POOL.sub(mark_named, text)
    if _DUMPED_HINT.search(text):
        text = _DUMPED.sub(mark_named, text)

    def mark(match: re.Match[str]) -> str:
        nonlocal found
        address, colon = match[0], ""
        if address.endswith(":") and not address.endswith("::"):  # of the sentence: `…:3a2c: no route to host`
            address, colon = address[:-1], ":"
        after = text[match.end() : match.end() + 4]
        public = ":" in address and _is_public(address) and not _is_network(address, after)
        found += public
        return IP + colon if public else match[0]

    if _V6_HINT.search(text):
        text = _V6.sub(mark, text)
    if found:
        counts["ip"] += found
    return text


RULE: Final = Rule("ip_addresses", _HINTS, _redact)


def _is_public(address: str) -> bool:
    try:
        read = ip_address(address)
    except ValueError:
        return False
    return read.is_global and not read.is_multicast and not read.is_reserved and address not in _RESOLVERS


def _is_network(address: str, after: str) -> bool:
    """True for `54.0.0.0/8`, which is nobody's in particular; a smaller network is somebody's."""
    prefix = _PREFIX.match(after)
    try:
        return prefix is not None and ip_network(f"{address}/{prefix[1]}").prefixlen < _SOMEBODYS
    except ValueError:
        return False


def _is_host(text: str, start: int, end: int) -> bool:
    line = text.rfind("\n", max(start - _AROUND, 0), start) + 1
    return _weigh(text[max(line, start - _AROUND) : start], text[start:end], text[end : end + _AROUND])


@lru_cache(maxsize=4096)  # logs repeat themselves
def _weigh(before: str, address: str, after: str) -> bool:
    """Weighs what the four numbers are and what stands around them."""
    if not _is_public(address) or _is_network(address, after):
        return False
    numbers = [int(number) for number in address.split(".")]
    if before.endswith(("://", "@", "//")):
        return True
    if _VERSIONS.search(before) or _CALCULATED.search(before):
        return False
    product = _PRODUCT.search(before) is not None
    if _PORT.match(after) or (before.endswith("/") and not product) or _LOG.match(after):
        return True
    if _PRODUCTS.search(before):
        return _is_high(numbers, product=True) and 0 not in numbers
    if _HOSTS.search(before):
        return not _is_low(numbers)
    if _TOWARDS.search(before):
        return (numbers[0] > _FIRST_OF_VERSIONS and 0 not in numbers[1:3]) or _is_high(numbers, product=True)
    return _is_high(numbers, product=product)


def _is_low(numbers: list[int]) -> bool:
    """Small numbers all through, as versions have them: 1.4.0.2."""
    return max(numbers) < 20 or (numbers[0] < 20 and sum(number > 9 for number in numbers[1:]) == 0)


def _is_high(numbers: list[int], *, product: bool) -> bool:
    """Numbers too high for most versions; a word right before them may be a product's name."""
    if not product and numbers[0] > 2 * _FIRST_OF_VERSIONS and 0 not in numbers:
        return True
    large = sum(number > 63 for number in numbers)
    zeros = numbers[1:].count(0)
    return large >= (2 if product else 1) + (zeros > 0) or (not product and sum(n > 20 for n in numbers) >= 3)
