"""Webhooks over the wire: each that is answered with 204 is in the store, once, and no other answer loses any."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from sqlalchemy import event as of_engine

from jira_crawler.exceptions import BadArgument
from jira_crawler.serve.application import Guard, application
from jira_crawler.serve.intake import Receive
from jira_crawler.serve.receiver import IDENTIFIER, PATH
from jira_crawler.serve.server import Server
from jira_crawler.serve.signature import Signatures
from jira_crawler.store.database import connect
from jira_crawler.store.deliveries import Delivery, Work
from jira_crawler.store.store import Store
from tests.servers.postgres import shared
from tests.servers.receiving import SECRET, SITE, Receiving, event, issue, receiving, signed

Test = Callable[[Receiving], Awaitable[None]]


@pytest.fixture(params=["sqlite", "postgres"])
def both(request, tmp_path) -> Iterator[Store]:
    url = shared().create() if request.param == "postgres" else f"sqlite:///{tmp_path / 'store.sqlite'}"
    store = Store(connect(url))
    yield store
    store.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(connect(f"sqlite:///{tmp_path / 'store.sqlite'}"))
    yield store
    store.close()


def run(test: Test, receive: Receive, signatures: Signatures | None = None, **options: object) -> None:
    async def running() -> None:
        async with receiving(receive, signatures, **options) as served:  # type: ignore[arg-type]
            await test(served)

    asyncio.run(running())


def pending(store: Store) -> list[Work]:
    return store.deliveries.pending(SITE, 0, 10_000)


def test_a_delivery_is_in_the_store_when_it_is_answered(both: Store):
    async def test(served: Receiving) -> None:
        body = event(7)
        headers = signed(body) | {"Cookie": "secret", "X-Atlassian-Webhook-Flow": "Primary"}
        assert await served.post(body, headers) == 204
        (work,) = pending(both)  # while the receiver still runs
        assert (work.event, work.issues) == ("jira:issue_updated", (("7", "DEMO-7"),))
        whole = both.delivery_audit.find(work.number)
        assert whole
        assert (whole.body, "secret" in str(whole.headers), SECRET in str(whole)) == (body, False, False)
        assert whole.headers["X-Atlassian-Webhook-Flow"] == "Primary"
        assert "X-Hub-Signature" not in whole.headers

    run(test, both.deliveries.receive)


def test_many_at_once_are_each_there_once(both: Store):
    async def test(served: Receiving) -> None:
        bodies = [event(number) for number in range(200)] * 2
        assert {*await asyncio.gather(*map(served.post, bodies))} == {204}

    run(test, both.deliveries.receive)
    assert {work.issues[0][0] for work in pending(both)} == {*map(str, range(200))}
    assert len(pending(both)) == 200


def test_only_what_is_signed_is_kept(store: Store, caplog):
    async def test(served: Receiving) -> None:
        body = event(1)
        for headers in (
            signed(body, "some other made-up secret"),
            signed(body + b" "),
            {"X-Hub-Signature": "sha1=" + "0" * 40},
            {"X-Hub-Signature-256": signed(body)["X-Hub-Signature"]},
            {"Authorization": "Basic YTpi"},
            {"No": "thing"},
        ):
            assert await served.post(body, headers) == 401

    run(test, store.deliveries.receive)
    assert store.delivery_audit.entries(limit=9) == []
    assert SECRET not in caplog.text


def test_the_token_of_an_app_is_as_good_as_a_signature(store: Store):
    app, now = "a made-up secret of an app", int(time.time())
    made = jwt.encode({"alg": "HS256"}, {"iat": now, "exp": now + 180}, OctKey.import_key(app), algorithms=["HS256"])

    async def test(served: Receiving) -> None:
        body = event(1, matchedWebhookIds=[5])
        assert await served.post(body, {"Authorization": f"Bearer {made}"}) == 204
        assert await served.post(body, {"Authorization": f"Bearer {made[:-2]}"}) == 401

    run(test, store.deliveries.receive, Signatures((), app))
    (entry,) = store.delivery_audit.entries(limit=9)
    assert entry.issues == (("1", "DEMO-1"),)
    assert made not in str(store.delivery_audit.find(entry.number))


def test_without_a_secret_nothing_is_taken_and_the_sender_is_to_try_again(store: Store, caplog):
    async def test(served: Receiving) -> None:
        async with served.client.post(served.server.url + PATH, data=event(1), headers=signed(event(1))) as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (503, "60")

    run(test, store.deliveries.receive, Signatures(()))
    run(test, store.deliveries.receive, Signatures((), "a made-up secret of an app"))
    assert "there is no JIRA_WEBHOOK_SECRET" in caplog.text


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"Hello World!", b"[]", b"{}", b"null", b"{" * 50_000, b"\xff\xfe", b'{"webhookEvent": "user_deleted"}'),
        *(
            json.dumps({"webhookEvent": "jira:issue_updated", "issue": {"key": "DEMO-1"}}).encode(),
            b"issue=1&key=DEMO-1",
        ),
    ],
)
def test_what_is_signed_and_not_understood_is_kept_as_ignored_and_never_refused(store: Store, body: bytes):
    """Jira does not repeat what was answered with 400, and an administrator may switch such a webhook off."""

    async def test(served: Receiving) -> None:
        assert await served.post(body) == 204

    run(test, store.deliveries.receive)
    (entry,) = store.delivery_audit.entries(limit=9)
    assert (entry.state, entry.issues) == ("ignored", ())
    assert entry.reason
    assert store.delivery_audit.find(entry.number).body == body  # type: ignore[union-attr]


def test_the_limit_holds_while_a_body_is_read_whatever_its_headers_say(store: Store):
    async def test(served: Receiving) -> None:
        sent = 0

        async def endless(pieces: int):
            nonlocal sent
            for _ in range(pieces):
                sent += 10_000
                yield b"x" * 10_000

        headers = {"X-Hub-Signature": f"sha256={'0' * 64}"}
        assert await served.post(io.BytesIO(b"x" * 100_001), headers) == 413  # type: ignore[arg-type]
        assert await served.post(endless(10), headers) == 401  # type: ignore[arg-type]
        assert await served.post(endless(11), headers) == 413  # type: ignore[arg-type]
        body = event(1, padding="x" * 90_000)
        assert await served.post(body) == 204

    run(test, store.deliveries.receive, longest=100_000)
    assert len(pending(store)) == 1


def test_what_is_said_to_be_packed_is_checked_and_kept_as_it_came(store: Store):
    async def test(served: Receiving) -> None:
        body = event(1)
        assert await served.post(body, signed(body) | {"Content-Encoding": "gzip"}) == 204

    run(test, store.deliveries.receive)
    assert len(pending(store)) == 1


def test_a_large_delivery_is_taken_and_the_loop_goes_on(store: Store):
    body = event(1, padding="x" * (25 * 2**20))

    async def test(served: Receiving) -> None:
        assert await served.post(io.BytesIO(body), signed(body)) == 204  # type: ignore[arg-type]

    run(test, store.deliveries.receive, longest=2**25)
    assert [work.issues for work in pending(store)] == [(("1", "DEMO-1"),)]


# --- a store that cannot


def test_a_full_disk_is_answered_with_503_and_what_is_sent_again_is_kept(tmp_path: Path, caplog):
    caplog.set_level(logging.INFO)
    engine = connect(f"sqlite:///{tmp_path / 'store.sqlite'}")
    pages = [2**30]

    @of_engine.listens_for(engine, "begin")
    def limit(connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages[0]}")

    store = Store(engine)
    body = event(1, padding=[number * 7919 for number in range(20_000)])

    async def test(served: Receiving) -> None:
        assert await served.post(event(0)) == 204
        pages[0] = 1  # no more than there are
        assert await served.post(body, signed(body, identifier="one")) == 503
        assert served.intake.trouble == "database or disk is full"
        pages[0] = 2**30
        assert await served.post(body, signed(body, identifier="one") | {"X-Atlassian-Webhook-Retry": "1"}) == 204
        assert served.intake.trouble == ""

    run(test, store.deliveries.receive)
    assert [work.issues[0][0] for work in pending(store)] == ["0", "1"]
    assert "Deliveries cannot be kept, and are refused until they can: database or disk is full" in caplog.text
    assert "Traceback" not in caplog.text
    store.close()


class Held:
    """A store that does not write until it is let to."""

    def __init__(self, store: Store):
        self.store, self.begun, self.let = store, threading.Event(), threading.Event()

    def receive(self, batch: Sequence[Delivery]) -> list[int | None]:
        self.begun.set()
        self.let.wait()
        return self.store.deliveries.receive(batch)


def test_of_a_flood_no_more_is_held_in_memory_than_may_be(store: Store, caplog):
    held = Held(store)
    bodies = [event(number, padding="x" * 10_000) for number in range(10, 70)]

    async def test(served: Receiving) -> None:
        sent, waiting, most = [asyncio.create_task(served.post(body)) for body in bodies], [], 0
        try:
            for _ in range(30_000):
                waiting = [each for each in sent if not each.done()]
                most = max(most, served.intake._bytes)
                if served.intake._bytes == len(waiting) * len(bodies[0]):
                    break  # all that are not refused are read
                await asyncio.sleep(0.001)
            assert 0 < len(waiting) <= 20
            assert most <= 210_000
            assert {each.result() for each in sent if each.done()} == {503}
        finally:
            held.let.set()
        assert {*await asyncio.gather(*waiting)} == {204}
        assert served.intake._bytes == 0
        assert await served.post(bodies[0]) == 204

    run(test, held.receive, most=210_000)
    assert "more come than can be kept" in caplog.text
    assert caplog.text.count("more come than can be kept") == 1


# --- the beginning and the end


def test_a_port_that_is_taken_is_a_sentence():
    async def test() -> None:
        first = Server(application([], guard=Guard("", "127.0.0.1")), "127.0.0.1", 0)
        await first.start()
        port = int(first.url.rpartition(":")[2])
        with pytest.raises(BadArgument) as refused:
            await Server(application([], guard=Guard("", "127.0.0.1")), "127.0.0.1", port).start()
        said = f"Nothing can listen on 127.0.0.1:{port} (LIVE_HOST, LIVE_PORT): Address already in use."
        assert str(refused.value) == said
        await first.stop()
        again = Server(application([], guard=Guard("", "127.0.0.1")), "127.0.0.1", port)
        await again.start()
        await again.stop()

    asyncio.run(test())


def test_what_was_accepted_is_answered_when_it_is_stopped(store: Store):
    held = Held(store)

    async def test(served: Receiving) -> None:
        sent = asyncio.create_task(served.post(event(1)))
        await asyncio.to_thread(held.begun.wait)
        stopping = asyncio.create_task(served.server.stop())
        try:
            while await accepts(served.server.url):
                pass
            assert not sent.done()
        finally:
            held.let.set()
        assert await sent == 204
        await stopping

    run(test, held.receive)
    assert len(pending(store)) == 1


async def accepts(address: str) -> bool:
    """Whether somebody listens there."""
    host, port = address.removeprefix("http://").split(":")
    try:
        _, writer = await asyncio.open_connection(host, int(port))
    except ConnectionError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


def test_who_hangs_up_in_the_middle_troubles_nobody(store: Store, caplog):
    async def test(served: Receiving) -> None:
        host, port = served.server.url.removeprefix("http://").split(":")
        for size in (b"1000", b"99999999999"):
            _, writer = await asyncio.open_connection(host, int(port))
            writer.write(b"POST %b HTTP/1.1\r\nHost: x\r\n" % PATH.encode())
            writer.write(b"X-Hub-Signature: sha256=%b\r\nContent-Length: %b\r\n\r\n{" % (b"0" * 64, size))
            await writer.drain()
            writer.close()
            await writer.wait_closed()
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"\x16\x03\x01\x02\x00garbage\r\n\r\n")
        await writer.drain()
        writer.close()
        assert await served.post(event(1)) == 204
        assert served.intake._bytes == 0

    run(test, store.deliveries.receive)
    assert "Traceback" not in caplog.text


# --- what others learned the hard way


def test_incident_an_event_without_an_issue_was_answered_with_400(store: Store):
    said = {"comment": {"self": "https://jira.example.org/rest/api/2/issue/5/comment/9"}, "issue": None}

    async def test(served: Receiving) -> None:
        assert await served.post(event(5, "comment_created", **said)) == 204

    run(test, store.deliveries.receive)
    assert [work.issues for work in pending(store)] == [(("5", ""),)]


def test_incident_what_is_told_of_a_deletion_minutes_later_deletes_nothing(store: Store):
    """Deleting an issue also tells of its comments, attachments and links, as Secondary."""
    names = ["jira:issue_deleted", "comment_deleted", "attachment_deleted", "issuelink_deleted", "worklog_deleted"]
    link = {"sourceIssueId": 5, "destinationIssueId": 6}

    async def test(served: Receiving) -> None:
        for name in names:
            body = event(5, name, issueLink=link)
            flow = {"X-Atlassian-Webhook-Flow": "Primary" if name == names[0] else "Secondary"}
            assert await served.post(body, signed(body) | flow) == 204

    run(test, store.deliveries.receive)
    assert [work.event for work in pending(store) if work.deleted] == ["jira:issue_deleted"]
    assert [work.event for work in pending(store)] == names


def test_incident_what_was_delivered_again_was_done_again(store: Store):
    async def test(served: Receiving) -> None:
        body = event(1)
        for retry in ("", "1", "2"):
            headers = signed(body, identifier="one") | ({"X-Atlassian-Webhook-Retry": retry} if retry else {})
            assert await served.post(body, headers) == 204
        assert await served.post(body, signed(body, identifier="two")) == 204

    run(test, store.deliveries.receive)
    assert len(pending(store)) == 2


def test_incident_the_answer_waited_until_everything_was_done(store: Store):
    """Whoever works it off is told when the answer may leave, and nobody waits for it."""
    told = []

    async def test(served: Receiving) -> None:
        assert await served.post(event(1)) == 204
        assert told == [1]
        assert [each.state for each in store.delivery_audit.entries(limit=9)] == ["received"]

    run(test, store.deliveries.receive, arrived=lambda: told.append(1))


def test_incident_a_burst_of_events_lost_some(store: Store):
    async def test(served: Receiving) -> None:
        burst = [event(number % 100, "jira:issue_updated", timestamp=number) for number in range(1_000)]
        assert {*await asyncio.gather(*map(served.post, burst))} == {204}

    run(test, store.deliveries.receive)
    assert len(pending(store)) == 1_000
    assert {work.issues for work in pending(store)} == {((str(n), f"DEMO-{n}"),) for n in range(100)}


def test_incident_the_name_of_an_event_became_that_of_a_file(store: Store, tmp_path: Path):
    before = {path.name for path in tmp_path.iterdir()}

    async def test(served: Receiving) -> None:
        for name in ("../../../outside", "/etc/cron.d/x", "a\x00b", "\x1b[2J", "CON"):
            assert await served.post(event(1, name)) == 204

    run(test, store.deliveries.receive)
    assert len(pending(store)) == 5
    assert {path.name for path in tmp_path.iterdir()} == before
    assert not (tmp_path.parent / "outside").exists()


def test_incident_text_was_read_as_ascii(store: Store):
    async def test(served: Receiving) -> None:
        body = json.dumps(
            {"webhookEvent": "jira:issue_updated", "issue": issue(1), "x": "ü€😀"}, ensure_ascii=False
        ).encode()
        assert await served.post(body, signed(body) | {IDENTIFIER: "ü"}) == 204

    run(test, store.deliveries.receive)
    assert len(pending(store)) == 1
