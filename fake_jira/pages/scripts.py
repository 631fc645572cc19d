"""The scripts that bring the activity panel into a page, and what a browser has to work out before it gets it."""

from __future__ import annotations

import random
import re
from base64 import b64encode

import orjson

PANEL_ADDRESS = "/plugins/servlet/activity"
_PIPE = "activity-panel-pipe-id"
_ROUNDS, _FACTOR, _MODULUS = 1000, 48_271, 2_147_483_647
_JSON = str.maketrans({'"': '\\"', "\\": "\\\\", "/": "\\/", "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_JAVASCRIPT = str.maketrans(
    {'"': '\\"', "'": "\\'", "\\": "\\\\", "<": "\\u003c", ">": "\\u003e", "\n": "\\n", "\r": "\\r"}
)
_RARE = re.compile("[\x00-\x1f\x7f-\x9f\u2000-\u20ff]")
_TARGET = 'document.querySelector("#activitymodule .mod-content")'

PIPE = f'<big-pipe data-id="{_PIPE}" unresolved></big-pipe>'
"""Stands where the panel will be."""
ARRIVAL = """<script type="text/javascript">
window.WRM = window.WRM || {}; WRM._unparsedData = WRM._unparsedData || {};
WRM._dataArrived = function () {
  for (var id in WRM._unparsedData) {
    var at = document.querySelector('big-pipe[data-id="' + id + '"]');
    if (at) { at.parentNode.innerHTML = JSON.parse(WRM._unparsedData[id]); delete WRM._unparsedData[id]; }
  }
};
</script>"""
"""What waits for data that comes at the end of the page."""


def piped(panel: str) -> str:
    """As Jira itself does it: the panel as a JSON text in a JavaScript string, escaped twice."""
    inner = '"' + _RARE.sub(_numbered, panel.translate(_JSON)) + '"'
    literal = inner.translate(_JAVASCRIPT)
    return (
        '<script type="text/javascript">window.WRM=window.WRM||{};'
        "window.WRM._unparsedData=window.WRM._unparsedData||{};window.WRM._unparsedErrors=window.WRM._unparsedErrors||{};\n"
        f'WRM._unparsedData["{_PIPE}"]="{literal}";\n'
        "if(window.WRM._dataArrived)window.WRM._dataArrived();</script>"
    )


def written(panel: str, chance: random.Random) -> str:
    """The panel as one JavaScript string of HTML, some of its characters escaped by number and some by name."""

    def escaped(found: re.Match[str]) -> str:
        char = found[0]
        by_name = {"</": "<\\/", '"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(char)
        by_number = "".join(f"\\u{ord(one):04x}" for one in char)
        return by_name if by_name and (char == "\\" or chance.random() < 0.7) else by_number

    literal = re.sub("</|[\"\\\\<>'&\x00-\x1f\x7f-\x9f\u2000-\u20ff]", escaped, panel)
    return (
        f'<script type="text/javascript">(function(){{var panel={_TARGET};panel.innerHTML="{literal}";}})();</script>'
    )


def requested(address: str) -> str:
    """Asks for the panel as Jira's own tabs do, and puts what comes into the page."""
    return f"""<script type="text/javascript">(function () {{
  var asked = new XMLHttpRequest();
  asked.open("GET", {_quoted(address)} + "&_=" + Date.now());
  asked.setRequestHeader("X-Requested-With", "XMLHttpRequest");
  asked.setRequestHeader("X-PJAX", "true");
  asked.onload = function () {{ if (asked.status === 200) {{ {_TARGET}.innerHTML = asked.responseText; }} }};
  asked.send();
}})();</script>"""


def computed(query: str, challenge: int) -> str:
    """Works out a token before it may ask, and unpacks what it gets: nothing of this can be read off the page."""
    return f"""<script type="text/javascript">(function () {{
  var number = {challenge};
  for (var round = 0; round < {_ROUNDS}; round++) {{ number = number * {_FACTOR} % {_MODULUS}; }}
  var address = {_quoted(f"{PANEL_ADDRESS}?{query}&challenge={challenge}&token=")} + number.toString(16);
  fetch(address).then(function (answer) {{ return answer.json(); }}).then(function (answer) {{
    var bytes = Uint8Array.from(atob(answer.panel), function (char) {{ return char.charCodeAt(0); }});
    {_TARGET}.innerHTML = new TextDecoder().decode(bytes);
  }});
}})();</script>"""


def is_computed(challenge: str, token: str) -> bool:
    """Whether this is the token that a browser makes of the challenge."""
    if not re.fullmatch(r"[1-9]\d{0,9}", challenge):
        return False
    return token == format(int(challenge) * pow(_FACTOR, _ROUNDS, _MODULUS) % _MODULUS, "x")


def packed(panel: str) -> bytes:
    """What the script of `computed` unpacks."""
    return orjson.dumps({"panel": b64encode(panel.encode()).decode()})


def _numbered(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def _quoted(address: str) -> str:
    """An address in a script: nothing in it can end the script."""
    return orjson.dumps(address).decode().replace("<", "\\u003c")
