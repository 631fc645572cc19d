"""A token goes through everything that a crawl does, and nobody but the site ever sees it, or is so much as asked."""

from __future__ import annotations

import json

import pytest

from fake_jira import running
from tests.servers.elsewhere import elsewhere
from tests.servers.hostile import Answer, hostile

TOKEN = "c4nary-of-the-mine"
ENV = {"JIRA_TOKEN": TOKEN}
HTML = {"Content-Type": "text/html;charset=UTF-8"}

# Every way out of a page that we know, and a last question by which its scripts tell that they ran to their end.
PAGE = """<!doctype html><html><head><title>x</title>
<meta http-equiv="refresh" content="0;url=ELSE/meta">
<link rel="preconnect" href="ELSE"><link rel="dns-prefetch" href="ELSE"><link rel="prefetch" href="ELSE/prefetch">
<link rel="preload" as="script" href="ELSE/preload.js"><link rel="prerender" href="ELSE/prerender">
<link rel="stylesheet" href="ELSE/style.css"><link rel="icon" href="ELSE/icon"><link rel="manifest" href="ELSE/m">
<script type="speculationrules">{"prefetch":[{"source":"list","urls":["ELSE/spec"]}],
"prerender":[{"source":"list","urls":["ELSE/pre"]}]}</script>
<script src="ELSE/script.js"></script><script src="/jira/away.js"></script><script src="/outside.js"></script>
</head><body><img src="ELSE/img"><iframe src="ELSE/frame"></iframe><iframe src="/jira/frame"></iframe>
<object data="ELSE/object"></object><embed src="ELSE/embed"><video src="ELSE/video"></video>
<form id="f" action="ELSE/form" method="post" target="_blank"><input name="a" value="b"></form>
<a id="a" href="ELSE/link" target="_blank" ping="ELSE/ping">x</a>
<script>
function attempt(what) { try { what(); } catch (error) {} }
const ws = "ELSE".replace("http", "ws"), host = "ELSE".replace("http://", "");
attempt(() => new WebSocket(ws + "/socket"));
attempt(() => new EventSource("ELSE/events"));
attempt(() => navigator.sendBeacon("ELSE/beacon", "x"));
attempt(() => fetch("ELSE/fetch", {mode: "no-cors", keepalive: true}).catch(() => 0));
attempt(() => fetch("/jira/away").catch(() => 0));
attempt(() => fetch("/outside").catch(() => 0));
attempt(() => fetch("/jira/%2e%2e/outside").catch(() => 0));
attempt(() => fetch("/jira/rest/api/2/issue", {method: "POST", body: "{}"}).catch(() => 0));
attempt(() => window.open("ELSE/window"));
attempt(() => document.getElementById("f").submit());
attempt(() => document.getElementById("a").click());
attempt(() => navigator.serviceWorker.register("/jira/worker.js"));
attempt(() => new SharedWorker("/jira/worker.js"));
attempt(() => new Worker(URL.createObjectURL(new Blob(
  ["importScripts('ELSE/import.js')"], {type: "text/javascript"}))));
attempt(() => new Worker(URL.createObjectURL(new Blob(
  ["new WebSocket('" + ws + "/w'); fetch('ELSE/w', {mode: 'no-cors'})"], {type: "text/javascript"}))));
attempt(() => new WebTransport("https://" + host + "/transport"));
attempt(() => {
  const peer = new RTCPeerConnection({iceServers: [{urls: "stun:" + host},
    {urls: "turn:" + host + "?transport=tcp", username: "u", credential: "c"}]});
  peer.createDataChannel("x"); peer.createOffer().then((offer) => peer.setLocalDescription(offer));
});
attempt(() => { const one = document.createElement("iframe"); document.body.append(one);
  new one.contentWindow.WebSocket(ws + "/frame"); one.contentWindow.open("ELSE/frame-window"); });
setTimeout(() => { location.href = "ELSE/gone"; }, 50);
setTimeout(() => { location.href = "/outside-gone"; }, 100);
setTimeout(() => fetch("/jira/rest/ran"), 600);
</script></body></html>"""


def test_the_browser_reaches_the_site_and_nobody_else(crawl, chromium):
    with elsewhere() as other:

        def rule(asked):
            if asked.path == "/robots.txt":
                return Answer(status=404)
            if asked.path == "/jira/browse/ACME-1":
                link = {
                    "Link": f"<{other.url}/linked>; rel=preload; as=script",
                    "Refresh": f"0;url={other.url}/refresh",
                }
                return Answer(PAGE.replace("ELSE", other.url).encode(), headers=HTML | link)
            if asked.path.startswith("/jira/away"):
                return Answer(status=302, headers={"Location": f"{other.url}/redirected"})
            if asked.path == "/jira/worker.js":
                script = f"fetch('{other.url}/from-worker', {{mode: 'no-cors'}})"
                return Answer(script.encode(), headers={"Content-Type": "text/javascript"})
            return Answer(b"{}")

        with hostile(1, rule) as jira:
            done = crawl(
                f"{jira.url}/jira",
                spider="jira_pages",
                projects="",
                keys="ACME-1",
                browser="always",
                env=ENV,
                BROWSER_PATH=chromium,
                BROWSER_SECONDS=10,  # far more than its scripts need
            )
    assert done.status == 1  # whatever else it is, it is not an issue
    assert other.came == []
    paths = [asked.path for asked in jira.requests]
    assert "/jira/rest/ran" in paths  # so the rest was tried before it
    assert {path for path in paths if not path.startswith("/jira/")} == {"/robots.txt"}
    assert {asked.method for asked in jira.requests} == {"GET"}
    assert not any(TOKEN in str(asked.headers) for asked in jira.requests if asked.path == "/robots.txt")
    assert any(TOKEN in str(asked.headers) for asked in jira.requests)
    assert TOKEN not in done.log + done.out


@pytest.mark.parametrize("browser", ["always", "never"])
def test_a_redirect_is_followed_within_the_site_only(crawl, chromium, browser):
    with elsewhere() as other:
        away = {
            "/jira/browse/ACME-1": f"{other.url}/login",
            "/jira/browse/ACME-2": "/outside/login",
            "/jira/browse/ACME-3": "/jira/first",
            "/jira/first": f"{other.url}/second",
            "/jira/browse/ACME-4": "/jira/round",
            "/jira/round": "/jira/round",
        }

        def rule(asked):
            if asked.path == "/robots.txt":
                return Answer(status=302, headers={"Location": f"{other.url}/robots.txt"})
            return Answer(status=302, headers={"Location": away.get(asked.path, "/jira/")})

        with hostile(1, rule) as jira:
            done = crawl(
                f"{jira.url}/jira",
                spider="jira_pages",
                projects="",
                keys="ACME-1,ACME-2,ACME-3,ACME-4",
                browser=browser,
                env=ENV,
                BROWSER_PATH=chromium,
            )
    assert other.came == []
    assert {asked.path for asked in jira.requests if not asked.path.startswith("/jira/")} == {"/robots.txt"}
    assert len(jira.requests) < 30
    if browser == "always":
        assert done.status == 1
        for said in (
            f"it leads to {other.url}/login",
            "/outside/login, which is not of",
            "from one address to the next",
        ):
            assert said in done.out
    assert TOKEN not in done.log + done.out


def test_rest_does_not_follow_and_tells_nobody(crawl):
    with elsewhere() as other:

        def rule(asked):
            if asked.is_page or asked.is_listing:
                return Answer(status=307, headers={"Location": f"{other.url}/rest/api/2/search"})
            return None

        with hostile(5, rule) as jira:
            done = crawl(f"{jira.url}/jira", projects="ACME", env=ENV, RETRY_TIMES=1)
    assert done.status == 1
    assert other.came == []
    assert all(asked.headers["authorization"] == f"Bearer {TOKEN}" for asked in jira.requests)
    assert TOKEN not in done.log + done.out + json.dumps(done.report)


def test_what_the_site_needs_it_gets_in_the_browser_too(crawl, chromium):
    """… and no setting puts another browser, which may have a way out, in the place of ours."""
    with elsewhere() as other, running(issues=4, page_comments="browser", token=TOKEN, seed=3) as sandbox:
        theirs = {"PLAYWRIGHT_CDP_URL": other.url, "PLAYWRIGHT_BROWSER_TYPE": "firefox"}
        done = crawl(sandbox.url, spider="jira_pages", browser="always", env=ENV, BROWSER_PATH=chromium, **theirs)
    assert other.came == []
    assert (done.status, done.report["missing"], done.report["cut"]) == (0, [], {})
