"""Takes out of a text what nobody wrote for this issue, and leaves every word that somebody did."""

from __future__ import annotations

import re
from typing import Final

from jira_crawler.text.fences import fenced
from jira_crawler.text.generated import without_generated
from jira_crawler.text.normalise import normalise

_RULE: Final = re.compile(r"\s*(?:-{2,}|\*{3,})?\s*")
# What a mail program adds: the letter that is answered, the signature, the disclaimer.
_HEADER = re.compile(r"[*_> ]*(?:From|Sent|Date|To|Cc|Subject|Reply-To|Message-ID|Von|Gesendet|An|Betreff)[*_]*:")
_FROM = re.compile(r"[*_ ]*(?:From|Von)[*_]*:")
_ORIGINAL = re.compile(
    r"\\?-{2,}[~*_ ]*(?:Original[ -](?:Message|Appointment)|Forwarded message|Ursprüngliche Nachricht)[~*_ ]*-*\s*$",
    re.I,
)
_DAY: Final = ("On ", "Am ", "Le ", "El ")
_WROTE: Final = ("wrote:", "wrote :", "writes:", "a écrit :", "a écrit:", "escribió:")
# One of these stands in every such letter: a quick look.
_LETTER: Final = (*_WROTE, " schrieb", "riginal ", "riginal-", "orwarded ", "sprüngliche ", "From:", "Von:")
_WROTE_CHARACTERS: Final = 300
_INTRODUCES = re.compile(
    r"(?:\b(?:forward|fwd|fw|mail|list|thread|post|below|following|reported|from)\b.*|:)\s*$", re.I
)

_DEVICE = re.compile(
    r"[*_ ]*(?:Sent (?:from|via|with|using) (?:my|the|an?|Yahoo|Outlook|Mail|Gmail|Samsung|BlackBerry)\b"
    r"|Get \[?Outlook for |Von meinem \S+ gesendet|Envoyé de mon \S+)[^\n]{0,120}$"
)
_DISCLAIMER = re.compile(
    r"(?is)(?=.*\b(?:intended (?:solely |only )?(?:for|recipient)|addressee|not the (?:named|intended)))"
    r"(?=.*\b(?:confidential|privileged|proprietary))(?=.*\b(?:e-?mail|message|communication|transmission)\b)"
)
_DISCLAIMERS: Final = 3  # the same in two languages, and an advertisement for trees
_DISCLAIMER_WORDS: Final = 25
_DISCLAIMER_CHARACTERS: Final = 3_000
_SIGNATURE_LINES: Final = 6
_SIGNATURE_WIDTH: Final = 72
_SENTENCE = re.compile(r"(?:\S+ ){5,}\S+[.?!:]$|[`|{}<>]|^\s*[-*+#] ")


# How a letter closes, alone in its line, and what says how to reach whoever wrote it.
_CLOSES = re.compile(
    r"[*_>]*(?:(?:with |many |thanks (?:and|&|, ?)? ?)?(?:kind(?:est)?|best|warm(?:est)?|many)? ?regards|cheers|thanks"
    r"(?: (?:a lot|so much|again|in advance|and regards))?|thank you(?: (?:so much|very much|in advance))?|many thanks"
    r"|thx|sincerely(?: yours)?|yours(?: sincerely| truly)?|best(?: wishes)?|rgds|br|greetings|mfg|lg|viele grüße"
    r"|mit freundlichen grüßen|gruss|gruß|cordialement|saludos|vriendelijke groet(?:en)?)[*_]*[ ]?[,.!-]{0,2}[*_]*",
    re.IGNORECASE,
)
_REACHES = re.compile(
    r"[*_ ]*(?:(?:tele)?phone|tel|mobile|mob|cell|office|direct|fax|e-?mail|skype|web(?:site)?|address|[tmfpe])"
    r"[*_]*[.:|] ?\S|https?://\S+$|www\.\S+$|\S+@\S+\.\w+$|.*\(?\+?\d[\d ()./-]{7,}\d$",
    re.IGNORECASE,
)
_NAME_LINE = re.compile(r"[*_~ -]*[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){0,3}[*_ .]*")
_CLOSING_LINES: Final = 8  # of a signature below such a line
_CLOSING_WIDTH: Final = 80
_CLOSING_CHARACTERS: Final = 800
# One of these stands in nearly every such line: a quick look.
_CLOSING_WORDS: Final = (
    *(
        "egards",
        "hanks",
        "hank you",
        "heers",
        "hx",
        "incerely",
        "Best",
        "\nbest",
        "Yours",
        "yours",
        "ruß",
        "rüße",
        "gds",
    ),
    *("eetings", "udos", "russ", "ialement", "groet", "HANKS", "EGARDS", "mfg", "MfG", "\nlg", "\nLG", "\nbr", "\nBR"),
)
_LONGEST_NAME: Final = 32


def without_boilerplate(text: str) -> str:
    """A report without signature, device and disclaimer; one that is nothing else stays."""
    return without_footer(text) or text


def strip_boilerplate(text: str) -> str:
    """A comment without what a mail program added, the letter it answers and what programs wrote; "" if that is all."""
    own = without_generated(text)
    if own is not text:
        own = normalise(_unframed(own))
    return without_footer(without_quoted_letter(own)) if own else ""


def _unframed(text: str) -> str:
    """Rules at the edges framed what is gone."""
    lines = text.split("\n")
    full = [at for at, line in enumerate(lines) if not _RULE.fullmatch(line)]
    return "\n".join(lines[full[0] : full[-1] + 1]) if full else ""


def without_footer(text: str) -> str:
    """The text without signature after `--`, name of the device and legal disclaimer at its end."""
    if "\n" not in text and not text.startswith(("Sent ", "Get ")):
        return text
    text = _without_device(text)
    if "onfidential" in text or "rivileged" in text or "ONFIDENTIAL" in text:
        text = _without_disclaimer(text)
        text = _without_device(text)
    text = _without_signature(text) if "\n--\n" in text else text
    return _without_closing(text)


def without_quoted_letter(text: str) -> str:
    """What somebody wrote above the letter that is answered; without own words above it all stays.

    The letter must go on to the end: an answer between the lines needs what it answers.
    """
    if not any(map(text.__contains__, _LETTER)):
        return text
    lines = text.split("\n")
    said = [at for at, line in enumerate(lines) if line.strip() and not line.lstrip().startswith((">", "\\>"))]
    for at in range(len(lines)):
        if _begins_letter(lines, at, said[-1] if said else -1):
            own = _unruled(lines[:at])
            whole = not own or fenced(own) or _INTRODUCES.search(own.rpartition("\n")[2])
            return text if whole else own
    return text


def _begins_letter(lines: list[str], at: int, last_said: int) -> bool:
    """True if an answered letter goes from here to the end; `last_said` is the last line that is no quote."""
    line = lines[at]
    if _ORIGINAL.match(line):
        return _header_lines(lines[at + 1 : at + 9]) >= 2
    if _FROM.match(line):
        return _header_lines(lines[at : at + 8]) >= 3
    if not line.startswith(_DAY) or last_said > at + 1 or last_said >= len(lines) - 1:
        return False
    wrote = " ".join(lines[at : last_said + 1]).rstrip()
    says = wrote.endswith(_WROTE) or (" schrieb" in wrote and wrote.endswith(":"))
    return says and len(wrote) <= _WROTE_CHARACTERS and any(map(str.isdigit, wrote))


def _unruled(lines: list[str]) -> str:
    """Lines without the blank ones and the drawn ones at their end."""
    full = [at for at, line in enumerate(lines) if line.strip(" _-*\\")]
    return "\n".join(lines[: full[-1] + 1]).rstrip() if full else ""


def _header_lines(lines: list[str]) -> int:
    return sum(1 for line in lines if _HEADER.match(line))


def _without_device(text: str) -> str:
    rest, _, last = text.rpartition("\n")
    return rest.rstrip() if _DEVICE.match(last) else text


def _without_disclaimer(text: str) -> str:
    """Paragraphs at the end, never the first."""
    kept = text
    for _ in range(_DISCLAIMERS):
        rest, found, last = kept.rpartition("\n\n")
        if not found or len(last) > _DISCLAIMER_CHARACTERS or len(last.split()) < _DISCLAIMER_WORDS:
            return kept
        if not _DISCLAIMER.match(last):
            return kept
        kept = _unruled(rest.split("\n"))
    return kept


def _without_closing(text: str) -> str:
    """The text without how a letter closes: `Regards,`, a name, and how to reach whoever has it."""
    if not _may_close(text):
        return text
    tail = text[-_CLOSING_CHARACTERS:]
    if not any(map(tail.__contains__, _CLOSING_WORDS)):
        return text
    lines = text.rstrip().split("\n")
    last = len(lines) - 1
    for at in range(last - 1, max(last - 2 * _CLOSING_LINES, 0), -1):
        line = lines[at].strip()
        if len(line) > _CLOSING_WIDTH or line.startswith("```"):
            return text
        if line and _CLOSES.fullmatch(line):
            below = [each.strip() for each in lines[at + 1 :] if each.strip()]
            return _unruled(lines[:at]) or text if _is_signed(below) else text
    return text


def _may_close(text: str) -> bool:
    """A quick look at the last lines, which one long line ends: False only where none of them closes a letter."""
    for line in map(str.strip, text.rstrip().rsplit("\n", 2 * _CLOSING_LINES)[-2:0:-1]):
        if len(line) > _CLOSING_WIDTH:
            return False
        if line and _CLOSES.fullmatch(line):
            return True
    return False


def _is_signed(below: list[str]) -> bool:
    """Whether lines below `Regards,` are a name and how to reach it; a sentence there is still the letter."""
    if not 1 <= len(below) <= _CLOSING_LINES or not _is_name(below[0]):
        return False
    rest = below[1:]
    if any(_SENTENCE.search(line) or _CLOSES.fullmatch(line) for line in rest):
        return False
    return (len(rest) <= 1 and all(map(_is_name, rest))) or any(map(_REACHES.match, rest))


def _is_name(line: str) -> bool:
    words = line.strip("*_~ -.").split()
    return (
        len(line) <= _LONGEST_NAME
        and _NAME_LINE.fullmatch(line) is not None
        and (len(words) == 1 or all(word[0].isupper() for word in words))
    )


def _without_signature(text: str) -> str:
    own, _, signature = text.rpartition("\n--\n")
    lines = signature.split("\n")
    short = len(lines) <= _SIGNATURE_LINES and all(0 < len(line) <= _SIGNATURE_WIDTH for line in lines)
    if not own.strip() or not short or any(_SENTENCE.search(line) for line in lines):
        return text
    return own.rstrip()
