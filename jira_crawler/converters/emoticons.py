"""The small pictures Jira draws, as the characters that show the same."""

from __future__ import annotations

EMOTICONS = {
    "(/)": "✅",
    "(x)": "❌",
    "(!)": "⚠️",
    "(?)": "❓",
    "(y)": "👍",
    "(n)": "👎",
    "(+)": "➕",
    "(-)": "➖",
    "(on)": "💡",
    "(off)": "💡",
    "(*)": "⭐",
    "(*r)": "⭐",
    "(*g)": "⭐",
    "(*b)": "⭐",
    "(*y)": "⭐",
    "(flag)": "🚩",
    "(flagoff)": "🏳️",
    ":)": "🙂",
    ":(": "🙁",
    ":P": "😛",
    ":D": "😃",
    ";)": "😉",
}

# The names of the picture files in Jira's HTML.
PICTURES = {
    "check": "✅",
    "error": "❌",
    "forbidden": "❌",
    "warning": "⚠️",
    "help_16": "❓",
    "information": "ℹ️",
    "thumbs_up": "👍",
    "thumbs_down": "👎",
    "add": "➕",
    "lightbulb_on": "💡",
    "lightbulb": "💡",
    "star_yellow": "⭐",
    "star_red": "⭐",
    "star_green": "⭐",
    "star_blue": "⭐",
    "smile": "🙂",
    "sad": "🙁",
    "tongue": "😛",
    "biggrin": "😃",
    "wink": "😉",
}
