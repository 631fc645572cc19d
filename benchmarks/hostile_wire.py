"""What may be done to an answer without knowing what it says: its status, headers, encoding, size and pace."""

from __future__ import annotations

import gzip
import json
import struct
import zlib
from functools import cache
from random import Random

from benchmarks.hostile_mutations import Harm, Mutation, Scene, raw, with_body, with_headers
from tests.servers.hostile import Answer

STATUSES = (
    *(201, 204, 206, 226, 300, 304, 400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 413, 414, 418, 422, 423, 425),
    *(429, 451, 500, 501, 502, 503, 504, 507, 511, 520, 524, 599, 600, 999),
)
REDIRECTS = (301, 302, 303, 307, 308)
WAITS = ("0", "1", "-1", "1e9", "99999999999999999999", "soon", "", "²", "nan", "1, 2")
DATES = ("Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "Sun, 29 Nov 2026", "Sun, 99 Foo 2026 99:99")
BOMB = 600  # MB that a bomb blows up to
HTML = {"Content-Type": "text/html;charset=UTF-8"}
LOGIN = b"<html><head><title>Log in</title></head><form id='login-form'><input name='os_password'></form></html>"


def status(answer: Answer, scene: Scene) -> Answer:
    """Another status, over the honest body, none, a page, or Jira's words for an error."""
    words = json.dumps(
        {"errorMessages": ["The \x1b[31mvalue\x1b[0m is bad \u202e", "x" * 5_000], "errors": {}}
    ).encode()
    body, headers = scene.chance.choice([(answer.body, answer.headers), (b"", {}), (LOGIN, HTML), (words, {})])
    return Answer(body, scene.chance.choice(STATUSES), dict(headers))


def redirect(answer: Answer, scene: Scene) -> Answer:
    """A redirect: to a stranger, in a circle, to a file, to the form to log in, to nowhere."""
    ways = (scene.stranger, scene.asked.path, "file:///etc/passwd", "/login.jsp", "", "//[", "javascript:alert(1)")
    body = scene.chance.choice((b"", answer.body))
    return Answer(body, scene.chance.choice(REDIRECTS), HTML | {"Location": scene.chance.choice(ways)})


def refusal(answer: Answer, scene: Scene) -> Answer:
    """A refusal that says when to come back, in every way that there is."""
    when = scene.chance.choice(WAITS + DATES)
    return Answer(b"{}", scene.chance.choice((429, 429, 503)), {"Retry-After": when})


def rates(answer: Answer, scene: Scene) -> Answer:
    """Nonsense about how fast one may ask."""
    names = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "X-RateLimit-Interval-Seconds")
    values = ("0", "-1", "1e308", "nan", "x", "99999999999", "²", "0.0001", "2031-01-01T00:00Z", "")
    more = {name: scene.chance.choice(values) for name in (*names, "X-RateLimit-NearLimit", "Retry-After")}
    return Answer(answer.body, answer.status, answer.headers | more)


def decoration(answer: Answer, scene: Scene) -> Answer:
    """Headers that change nothing of what is said."""
    lures = {"Location": scene.stranger, "Refresh": f"0;url={scene.stranger}", "Link": f"<{scene.stranger}>;rel=next"}
    media = {"Content-Type": scene.chance.choice(("", "text/plain", "application/octet-stream", "x", "text/html"))}
    dates = {"Date": scene.chance.choice(DATES)}
    cookies = {"Set-Cookie": f"JSESSIONID={'x' * 3000}; Domain=localhost; Path=/", "Clear-Site-Data": '"*"'}
    cors = {"Access-Control-Allow-Origin": scene.stranger, "Content-Location": scene.stranger, "Vary": "*"}
    return Answer(
        answer.body, answer.status, answer.headers | scene.chance.choice((lures, media, dates, cookies, cors))
    )


def seraph(answer: Answer, scene: Scene) -> Answer:
    """What Jira says of whom it takes us for."""
    bad = {
        "X-Seraph-LoginReason": scene.chance.choice(("AUTHENTICATED_FAILED", "OUT", "AUTHENTICATION_DENIED", "\x80"))
    }
    return Answer(answer.body, answer.status, answer.headers | scene.chance.choice((bad, {"X-AUSERNAME": "anonymous"})))


def length(answer: Answer, scene: Scene) -> Answer:
    """A Content-Length that is not the body's."""
    n = len(answer.body)
    lie = scene.chance.choice((str(n + 10), str(max(n - 7, 0)), "0", "-5", "x", "99999999999999", str(n) + " 7"))
    return with_headers(answer, Content_Length=lie)


def framing(answer: Answer, scene: Scene) -> bytes:
    """Headers and chunks that no server of good will would send."""
    n = len(answer.body)
    return scene.chance.choice(
        (
            lambda: raw(answer, "Transfer-Encoding: chunked", body=b"zz\r\n" + answer.body),
            lambda: raw(answer, "Transfer-Encoding: chunked", body=b"5\r\nab"),
            lambda: raw(answer, f"Content-Length: {n}", f"Content-Length: {n + 3}"),
            lambda: raw(answer, "X-Long: " + "y" * 100_000, f"Content-Length: {n}"),
            lambda: raw(answer, *(f"X-{i}: {i}" for i in range(3000)), f"Content-Length: {n}"),
            lambda: raw(answer, "No colon at all", f"Content-Length: {n}"),
            lambda: raw(answer, status="abc OK"),
            lambda: raw(answer, status="200"),
            lambda: b"\x00\xff\xfe" + scene.chance.randbytes(300),
            lambda: b"SSH-2.0-OpenSSH_9.6\r\n",
        )
    )()


def continued(answer: Answer, scene: Scene) -> bytes:
    """The honest answer behind an interim one."""
    return b"HTTP/1.1 100 Continue\r\n\r\n" + raw(answer, f"Content-Length: {len(answer.body)}", "Connection: close")


def packed(answer: Answer, scene: Scene) -> Answer:
    """The honest body, well compressed."""
    body, name = scene.chance.choice(((gzip.compress(answer.body), "gzip"), (zlib.compress(answer.body), "deflate")))
    return with_headers(with_body(answer, body), Content_Encoding=name)


def garbled(answer: Answer, scene: Scene) -> Answer:
    """A body that is not compressed as it says."""
    whole = gzip.compress(answer.body)
    body, name = scene.chance.choice(
        (
            (whole[: len(whole) // 2], "gzip"),
            (whole[:12], "gzip"),
            (gzip.compress(whole), "gzip"),
            (answer.body, "gzip"),
            (answer.body, "deflate"),
            (whole, "br"),
            (whole, "zstd"),
            (whole, "x-unknown"),
            (b"\x1f\x8b\x08" + scene.chance.randbytes(60), "gzip"),
            (whole[:-8] + b"\0" * 8, "gzip"),
            (b"", "gzip"),
            (whole, ""),
        )
    )
    return with_headers(with_body(answer, body), **({"Content_Encoding": name} if name else {}))


def charset(answer: Answer, scene: Scene) -> Answer:
    """The body in another encoding than JSON and our pages have, or with bytes of none."""
    text = answer.body.decode("utf-8", "replace")
    bodies = (text.encode("utf-16"), text.encode("utf-32"), b"\xef\xbb\xbf" + answer.body, b"\0" + answer.body)
    broken = (answer.body.replace(b"broker", b"br\xffker"), answer.body.replace(b"broker", b"br\xed\xa0\x80ker"))
    return with_body(answer, scene.chance.choice(bodies + broken))


def nothing(answer: Answer, scene: Scene) -> Answer:
    return with_body(answer, scene.chance.choice((b"", b" \n ", b"null", b"{}", b"[]", b'""', b"0", b"<html></html>")))


def behind(answer: Answer, scene: Scene) -> Answer:
    """The honest body with something behind it, or without its end."""
    cut = scene.chance.randrange(max(len(answer.body), 1))
    return with_body(answer, scene.chance.choice((answer.body + b"}garbage", answer.body * 2, answer.body[:cut])))


def bomb(answer: Answer, scene: Scene) -> Answer:
    """A small body that is a large one."""
    return Answer(_bomb(), 200, answer.headers | {"Content-Encoding": "gzip"})


@cache
def _bomb() -> bytes:
    press, megabyte, crc = zlib.compressobj(9, zlib.DEFLATED, -15), b" " * 1_000_000, 0
    packed = press.compress(megabyte) + press.flush(zlib.Z_FULL_FLUSH)  # nothing before it counts, so each is the same
    for _ in range(BOMB):
        crc = zlib.crc32(megabyte, crc)
    head, end = b"\x1f\x8b\x08" + bytes(5) + b"\x02\xff", struct.pack("<II", crc, BOMB * len(megabyte))
    return head + packed * BOMB + press.flush() + end


def large(answer: Answer, scene: Scene) -> Answer:
    """The honest body behind 90 MB of nothing."""
    return with_body(answer, b" " * 90_000_000 + answer.body)


def slow(answer: Answer, scene: Scene) -> Answer:
    return Answer(answer.body, answer.status, answer.headers, 0.15)


def never(answer: Answer, scene: Scene) -> Answer:
    return Answer(answer.body, answer.status, answer.headers, 3600.0)


def hang_up(answer: Answer, scene: Scene) -> bytes:
    """The connection ends before, within or right behind the headers, or in the middle of the body."""
    whole = raw(answer, f"Content-Length: {len(answer.body)}")
    return whole[: scene.chance.choice((0, 5, len(whole) - len(answer.body), len(whole) - len(answer.body) // 2))]


def noise(answer: Answer, scene: Scene) -> Answer:
    """A body of any bytes."""
    return with_body(answer, Random(scene.chance.random()).randbytes(scene.chance.choice((1, 100, 100_000))))


WIRE = (
    Mutation("a status", status),
    Mutation("a redirect", redirect),
    Mutation("a refusal", refusal),
    Mutation("rate limits", rates, Harm.NONE),
    Mutation("headers that say nothing", decoration, Harm.NONE),
    Mutation("whom it takes us for", seraph),
    Mutation("a wrong length", length, hangs=True),
    Mutation("wrong framing", framing, hangs=True),
    Mutation("an interim answer", continued, Harm.NONE),
    Mutation("well compressed", packed, Harm.NONE),
    Mutation("badly compressed", garbled),
    Mutation("another charset", charset),
    Mutation("nothing said", nothing),
    Mutation("more or less of it", behind),
    Mutation("a bomb", bomb),
    Mutation("90 MB", large),
    Mutation("slow", slow, Harm.NONE),
    Mutation("never", never, hangs=True),
    Mutation("hung up", hang_up),
    Mutation("noise", noise),
)
