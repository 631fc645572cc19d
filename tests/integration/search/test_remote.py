"""A server with OpenSearch's API holds what the index in the folder does, and gives the same hits in one order."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.search.asking import Asked, ask, similar
from jira_crawler.search.remote import API_KEY, PASSWORD, USER, Away, Connection, Server
from jira_crawler.search.remote_query import record
from jira_crawler.search.run import Keeper, Place, bring_up
from jira_crawler.search.source import Documents
from tests.servers import opensearch
from tests.servers.archive import LONG, Archive, archive

WORDS = [
    "broker",
    "lease",
    "session",
    "timeout",
    "snapshot",
    "offset",
    "cursor",
    "ledger",
    "queue",
    "token",
    "heap",
    "disk",
]
NAMES = ["LogCleaner", "log.flush.ms", "LeaseManager.renew", "snake_case_name", "IOException"]


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[str]:
    with opensearch.running(tmp_path_factory.mktemp("opensearch")) as url:
        yield url


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> Iterator[Archive]:
    """150 issues of few words, so that many of them fit as well as others."""
    chance = random.Random(7)
    with archive(tmp_path_factory.mktemp("filled") / "output") as made:
        texts: list[str] = []
        for number in range(1, 151):
            said = [" ".join(chance.choices(WORDS, range(1, 13), k=chance.randint(8, 60))) for _ in range(3)]
            texts = said if number % 10 else [f"{texts[0]} {number}", *said[1:]]  # every tenth is like the one before
            made.put(
                number,
                chance.choice(("ACME", "TOOLS")),
                commit=False,
                summary=" ".join(chance.choices(WORDS, k=3)),
                description=f"{texts[0]} {chance.choice(NAMES)}. {LONG if number % 3 else ''}",
                comments=texts[1 : chance.randint(1, 3)],
                status=chance.choice(("Open", "In Progress", "Resolved")),
                labels=chance.sample(("restart", "won't fix", "late"), chance.randint(0, 2)),
                created=f"2026-0{chance.randint(1, 6)}-01T08:00:00.000+0000",
                updated=f"2026-07-{chance.randint(1, 28):02}T08:00:00.000+0000",
            )
        made.dataset.commit()
        made.dataset.judge()
        yield made


def questions() -> list[str]:
    """Fifty of every kind: words, phrases, fields, ranges, and all that joins them."""
    chance = random.Random(11)

    def word() -> str:
        return chance.choice(WORDS)

    made = [word() for _ in range(6)]
    made += [f"{word()} {word()}" for _ in range(6)]
    made += [f"{word()} OR {word()}" for _ in range(6)]
    made += [f'"{word()} {word()}"' for _ in range(5)]
    made += [f"{word()} NOT {word()}" for _ in range(4)]
    made += [f"({word()} OR {word()}) AND NOT ({word()} {word()})" for _ in range(4)]
    made += [f"code:{name}" for name in NAMES[:4]]
    made += ["cleaner", "log.flush.ms", "LogCleaner OR heap", "IOException AND late"]
    made += [
        "status:open",
        'status:"in progress" lease',
        "label:restart NOT project:tools",
        "status:open OR label:late",
    ]
    made += ["quality:[0.3 TO 0.5]", "quality:>0.4 timeout", "month:2026-03", "created:[2026-02 TO 2026-04] disk"]
    made += ["*", "NOT lease", "title:lease OR comment:heap"]
    return made


def shown(place: Place, **more: Any) -> tuple[Any, ...]:
    engine = place.engine()
    try:
        found = ask(engine, Asked(**more))
    finally:
        engine.close()
    hits = [(hit["issue_key"], hit["score"], hit["near_duplicates"], hit["snippet"]) for hit in found.hits]
    return found.total, hits, found.facets


def at(kept: Archive, url: str, name: str) -> Place:
    return replace(kept.place, server=f"{url}/{name}")


def asks(url: str) -> Connection:
    return Connection(Server.of(url, lambda _: ""))


def keys(place: Place) -> list[str]:
    return sorted(hit[0] for hit in shown(place, question="*", n=100)[1])


@pytest.fixture(scope="module")
def both(filled, server) -> tuple[Place, Place]:
    places = filled.place, at(filled, server, "both")
    for place in places:
        assert bring_up(place, store=filled.dataset.store).put == 150
    return places


def test_there_are_fifty_questions_and_most_find_something(both):
    assert len(questions()) == 50
    assert sum(shown(both[0], question=each)[0] > 10 for each in questions()) >= 35


@pytest.mark.parametrize("question", questions())
def test_both_give_the_same(both, question):
    here, there = (shown(place, question=question, n=10) for place in both)
    assert here == there


@pytest.mark.parametrize("more", [{"n": 7, "offset": 5}, {"folds": False}, {"min_quality": 0.4}], ids=str)
def test_both_page_fold_and_narrow_alike(both, more):
    here, there = (shown(place, question="lease OR broker", **more) for place in both)
    assert here == there


def test_both_find_what_is_similar(filled, both):
    held = [row for rows in filled.dataset.store.chunks(200) for row in rows]
    found: list[list[list[tuple[str, float]]]] = []
    for place in both:
        with closing(place.engine()) as engine:
            hits = [similar(engine, row.key).hits for row in held]
        found.append([[(hit["issue_key"], hit["similarity"]) for hit in each] for each in hits])
    assert found[0] == found[1]
    assert sum(map(bool, found[0])) > 3


def test_it_follows_and_a_rebuild_takes_the_name(tmp_path, server):
    with archive(tmp_path / "output") as kept, closing(asks(server)) as ask_it:
        kept.put(1)
        kept.put(2)
        place = at(kept, server, "follows")
        assert bring_up(place).put == 2
        kept.put(3)
        kept.remove(1)
        assert bring_up(place).anew == ""
        assert keys(place) == ["ACME-2", "ACME-3"]
        (before,) = ask_it.ask("GET", "/_alias/follows")
        assert bring_up(place, rebuild=True).put == 2
        (after,) = ask_it.ask("GET", "/_alias/follows")
        assert before != after
        assert ask_it.ask("GET", f"/{before}/_mapping", may=(404,)) is None
        assert keys(place) == ["ACME-2", "ACME-3"]
        ask_it.ask("DELETE", f"/{after}")
        assert bring_up(place).anew == "There was none"
        assert keys(place) == ["ACME-2", "ACME-3"]


def test_what_a_hostile_tracker_says_is_taken_by_both(tmp_path, server):
    nasty = "\0 \x1b[31m \u202e <script>alert(1)</script> \ud83d\ude00 鍵 " + "ab" * 40_000
    with archive(tmp_path / "output") as kept:
        fields: dict[str, Any] = {"labels": [nasty, "ok"], "components": [nasty], "comments": [nasty] * 3}
        kept.put(1, summary=f"Lease {nasty}", status=nasty, description=f"{LONG} {nasty}", **fields)
        kept.put(2, summary="Lease", created="0001-01-01T00:00:00.000+0000", updated="9998-12-31T23:59:59.000+0000")
        found = []
        for place in (kept.place, at(kept, server, "nasty")):
            assert bring_up(place).put == 2
            found.append([shown(place, question=each) for each in ("lease", "label:ok", "鍵", f"{'ab' * 60}", "*")])
        assert found[0] == found[1]
        assert [each[0] for each in found[0]] == [2, 1, 1, 1, 2]


def test_who_comes_late_changes_nothing(tmp_path, server):
    with archive(tmp_path / "output") as kept:
        kept.put(1, summary="Old")
        place = at(kept, server, "late")
        old = [row for rows in kept.dataset.store.chunks(9) for row in rows]
        bring_up(place)
        kept.put(1, summary="New")
        bring_up(place)
        keeper = Keeper(place)
        keeper.up()
        (late,) = Documents(kept.folder).of(old, 1)
        assert keeper._sink
        keeper._sink.put([late])
        keeper._sink.drop([late.identity], 1)
        keeper._sink.commit(1)
        keeper.close()
        with closing(place.engine()) as engine:
            assert [hit["title"] for hit in ask(engine, Asked(question="*")).hits] == ["New"]
        assert set(record(late)) >= {"title", "tags", "shown"}


def test_what_broke_off_is_taken_away_by_the_next(tmp_path, server, monkeypatch):
    with archive(tmp_path / "output") as kept:
        kept.put(1)
        place = at(kept, server, "broke")
        from jira_crawler.search.remote_sink import RemoteSink

        def die(*_: object) -> None:
            raise Away("it died")

        with monkeypatch.context() as patched:
            patched.setattr(RemoteSink, "commit", die)
            with pytest.raises(Away):
                bring_up(place)
        with pytest.raises(Refused, match="no index broke"):
            shown(place, question="*")
        bring_up(place)
        with closing(asks(server)) as connection:
            assert len(connection.ask("GET", "/broke-*/_mapping")) == 1


def test_the_index_of_another_store_is_not_replaced_by_mistake(tmp_path, server):
    with archive(tmp_path / "one") as one, archive(tmp_path / "other") as other:
        one.put(1)
        other.put(2)
        bring_up(at(one, server, "shared"))
        with pytest.raises(BadArgument, match="holds what another store does"):
            bring_up(at(other, server, "shared"))
        assert keys(at(one, server, "shared")) == ["ACME-1"]
        bring_up(at(other, server, "shared"), rebuild=True)
        assert keys(at(one, server, "shared")) == ["ACME-2"]


def test_an_index_of_somebody_else_is_left_alone(tmp_path, server):
    with archive(tmp_path / "output") as kept, closing(asks(server)) as connection:
        connection.ask("PUT", "/thesis", {})
        connection.ask("POST", "/_aliases", {"actions": [{"add": {"index": "thesis", "alias": "theirs"}}]})
        kept.put(1)
        with pytest.raises(BadArgument, match="is none of ours"):
            bring_up(at(kept, server, "theirs"))
        with pytest.raises(Refused):
            bring_up(at(kept, server, "thesis"))
        assert list(connection.ask("GET", "/_alias/theirs")) == ["thesis"]


def test_a_server_that_is_away_is_named_and_nothing_is_lost(kept, monkeypatch):
    monkeypatch.setattr("jira_crawler.search.remote.time.sleep", lambda _: None)
    kept.put(1)
    with pytest.raises(Away, match=r"http://127.0.0.1:9 does not answer"):
        bring_up(at(kept, "http://127.0.0.1:9", "x"))
    assert bring_up(kept.place).put == 1


class Stranger(BaseHTTPRequestHandler):
    """Answers whatever is asked as it is told to."""

    status, body, asked = 200, b"{}", list[str]()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.asked.append(self.headers.get("Authorization", ""))
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    do_GET = do_PUT = do_POST  # noqa: N815 - the names that it is called by

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def stranger() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as served:
        Thread(target=served.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{served.server_port}"
        served.shutdown()


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, b"{}", "does not answer as an OpenSearch does"),
        (200, b'{"hits": {"hits": [{}], "total": {"value": 1}}}', "does not answer as an OpenSearch does"),
        (200, b'{"hits": {"hits": [{"_source": {"shown": "{}"}}], "total": {"value": 1}}}', "is of another version"),
        (200, b"<html>", "answers what is no JSON"),
        (302, b"", "refuses what was asked .status 302."),
        (401, b"", "lets nobody in .status 401."),
        (500, b'{"error": {"reason": "it broke\\nfor good"}}', "status 500.: it broke"),
        (503, b"", "does not answer .SEARCH_URL.: status 503"),
    ],
)
def test_what_is_no_opensearch_is_said(kept, stranger, monkeypatch, status, body, said):
    monkeypatch.setattr("jira_crawler.search.remote.time.sleep", lambda _: None)
    monkeypatch.setattr(Stranger, "status", status)
    monkeypatch.setattr(Stranger, "body", body)
    place = replace(kept.place, server=stranger, secret=lambda name: "s3cret" if name == API_KEY else "")
    with closing(place.engine()) as engine, pytest.raises(Refused, match=said) as refused:
        ask(engine, Asked(question="lease"))
    assert Stranger.asked[-1] == "ApiKey s3cret"
    assert "s3cret" not in str(refused.value)


def test_credentials_are_sent_and_shown_to_nobody():
    given = {USER: "anna", PASSWORD: "s3cret of anna"}
    server = Server.of("https://search.example.org:9200/issues", lambda name: given.get(name, ""))
    assert server.headers["Authorization"] == "Basic YW5uYTpzM2NyZXQgb2YgYW5uYQ=="
    assert "Basic" not in repr(server)
    key = Server.of("https://search.example.org", lambda name: {API_KEY: "k"}.get(name, ""))
    assert key.headers["Authorization"] == "ApiKey k"
    assert (key.alias, key.url) == ("jira_crawler", "https://search.example.org")
    for wrong in ("https://a:b@c", "ftp://x", "https://", "https://x/Big", "https://x/_all", "https://x/a?b=c"):
        with pytest.raises(BadArgument):
            Server.of(wrong, lambda _: "")
    with pytest.raises(BadArgument, match="over https only"):
        Server.of("http://search.example.org", lambda name: given.get(name, ""))
    assert Server.of("http://[::1]:9200", lambda name: given.get(name, "")).headers
    with pytest.raises(BadArgument, match="header"):
        Server.of("https://x", lambda name: "a\nb" if name == API_KEY else "")
