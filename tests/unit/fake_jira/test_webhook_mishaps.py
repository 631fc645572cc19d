"""What goes wrong with deliveries, how they are signed, and which are tried again: without a network."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode

import pytest

from fake_jira.webhooks import mishaps
from fake_jira.webhooks.signing import signing
from fake_server import BadOption
from tests.unit.fake_jira.moving import told, tracker
from tests.unit.fake_jira.test_mutations import Clock


def signed(secret, body, way="right", how="hmac"):
    return signing(secret, how)(body, way, 1_790_000_000.5)


def claims(header):
    head, told, proof = header["Authorization"].removeprefix("Bearer ").split(".")
    parts = [json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in (head, told)]
    return parts, f"{head}.{told}".encode(), urlsafe_b64decode(proof + "=" * (-len(proof) % 4))


def test_the_token_of_an_app():
    (head, said), text, proof = claims(signed("secret", b"body", how="jwt"))
    assert head == {"alg": "HS256", "typ": "JWT"} and said["iat"] == 1_790_000_000 < said["exp"]
    assert proof == hmac.new(b"secret", text, hashlib.sha256).digest()
    (_, _), text, proof = claims(signed("secret", b"body", "wrong", "jwt"))
    assert proof != hmac.new(b"secret", text, hashlib.sha256).digest()
    (head, _), _, proof = claims(signed("secret", b"body", "sha1", "jwt"))
    assert (head["alg"], proof) == ("none", b"")
    assert signed("secret", b"body", "missing", "jwt") == {}
    jira = tracker(dialect="cloud", webhook_auth="jwt", webhook_secret="secret")
    ((delivery, body),) = told(jira, "label")
    assert body["matchedWebhookIds"] == [1]
    headers = jira.announcer.sender.headers(delivery)
    assert "Authorization" in headers and "X-Hub-Signature" not in headers
    with pytest.raises(BadOption):
        tracker(webhook_auth="basic")


def test_the_official_vector():
    header = signed("It's a Secret to Everybody", b"Hello World!")
    assert header == {"X-Hub-Signature": "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"}


def test_bad_signatures():
    right = signed("secret", b"body")
    assert signed("secret", b"body", "wrong").keys() == right.keys() and signed("secret", b"body", "wrong") != right
    assert signed("secret", b"body", "missing") == signed("", b"body") == {}
    sha1 = hmac.new(b"secret", b"body", hashlib.sha1).hexdigest()
    assert signed("secret", b"body", "sha1") == {"X-Hub-Signature": f"sha1={sha1}"}


def test_each_delivery_is_drawn_by_itself():
    many = range(2000)
    lossy = mishaps.read(("loss=0.3",), 5)
    lost = {number for number in many if "loss" in lossy.draw(number)}
    assert 500 < len(lost) < 700
    both = mishaps.read(("duplicate=0.2", "loss=0.3"), 5)
    assert {number for number in many if "loss" in both.draw(number)} == lost
    assert {number for number in many if "duplicate" in both.draw(number)} - lost
    assert {number for number in many if "loss" in mishaps.read(("loss=0.3",), 6).draw(number)} != lost


def test_loss_and_duplicates_and_delay():
    jira = tracker(dialect="cloud", webhook_faults=("loss=1",))
    jira.edits.one("label")
    (lost,) = jira.announcer.sender.deliveries
    assert lost.state == "lost" and jira.announcer.sender.log()["waiting"] == 0
    jira = tracker(dialect="cloud", webhook_faults=("duplicate=1", "delay=1:60"))
    (first, _), (second, _) = told(jira, "label")
    assert (first.identifier, first.body) == (second.identifier, second.body)
    assert first.due == second.due == jira.announcer.sender.now() + 60


def test_a_sandbox_that_is_started_again_is_another_tracker():
    later = Clock()
    later.now += 1
    one, again, other = (tracker(dialect="cloud", clock=clock) for clock in (Clock(), Clock(), later))
    first, second, third = (told(jira, "label")[0][0].identifier for jira in (one, again, other))
    assert first == second != third


def test_disorder_is_bounded():
    jira = tracker(dialect="cloud", webhook_faults=("disorder=1:10",), webhook_scale=2.0)
    dues = [told(jira, "label")[0][0].due - jira.announcer.sender.now() for _ in range(30)]
    assert dues != sorted(dues) and all(0 <= due <= 5 for due in dues)


@pytest.mark.parametrize(
    "wrong",
    ["melt=1", "loss", "loss=2", "loss=-1", "loss=x", "delay=1:x", "delay=1:-5", "bad_signature=1:md5", "loss=nan"],
)
def test_wrong_choices(wrong):
    with pytest.raises(BadOption):
        tracker(webhook_faults=(wrong,))


@pytest.mark.parametrize(
    ("dialect", "status", "again"),
    [
        *(("cloud", status, True) for status in (0, 408, 409, 425, 429, 500, 503, 599)),
        *(("cloud", status, False) for status in (200, 204, 301, 302, 400, 401, 403, 404, 410, 413, 422)),
        *(("server", status, False) for status in (0, 204, 429, 500, 503)),
    ],
)
def test_what_is_tried_again(dialect, status, again):
    jira = tracker(dialect=dialect)
    sender = jira.announcer.sender
    ((delivery, _),) = told(jira, "label")
    sender._taken()
    delivery.attempts.append((sender.now(), status))
    sender._judge(delivery, status)
    assert (sender.log()["waiting"] == 1) == again
    assert (delivery.state == "waiting") == again
    assert (delivery.state == "delivered") == (status in (200, 204))
    if again:
        assert 300 <= delivery.due - sender.now() <= 900
