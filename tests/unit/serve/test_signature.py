"""Who knows the secret is believed, and nobody else; what is refused says why, and nothing of the secret."""

from __future__ import annotations

import base64
import hmac
import json

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from jira_crawler.exceptions import BadArgument
from jira_crawler.serve.signature import CLIENT_SECRET, OLD_SECRET, SECRET, NoSecret, Signatures, Unsigned

# The example that Atlassian gives.
PUBLISHED = "It's a Secret to Everybody", b"Hello World!"
DIGEST = "a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"
NOW = 1_800_000_000.5
NEW, OLD, APP = "a new made-up secret", "an old made-up secret", "a made-up secret of an app"


def of(**variables: str) -> Signatures:
    return Signatures.of(lambda name: variables.get(name, ""))


def why(signatures: Signatures, headers: dict[str, str], body: bytes = b"{}") -> str:
    """What is wrong with a delivery; "" if nothing is."""
    try:
        signatures.look(headers)
        signatures.verify(headers, body, NOW)
    except Unsigned as error:
        return str(error)
    return ""


def hub(secret: str, body: bytes = b"{}", method: str = "sha256") -> dict[str, str]:
    return {"X-Hub-Signature": f"{method}={hmac.new(secret.encode(), body, 'sha256').hexdigest()}"}


def token(claims: dict[str, object], secret: str = APP, alg: str = "HS256", scheme: str = "Bearer") -> dict[str, str]:
    made = jwt.encode({"alg": alg}, claims, OctKey.import_key(secret), algorithms=[alg])
    return {"Authorization": f"{scheme} {made}"}


def test_the_published_example_is_right():
    secret, body = PUBLISHED
    signatures = of(JIRA_WEBHOOK_SECRET=secret)
    assert why(signatures, {"X-Hub-Signature": f"sha256={DIGEST}"}, body) == ""
    assert why(signatures, {"X-Hub-Signature": f"SHA256={DIGEST.upper()}"}, body) == ""
    assert why(signatures, {"X-Hub-Signature": f"sha256={DIGEST}"}, body + b"\n") == "its signature is wrong"


def test_the_body_counts_byte_for_byte_whatever_is_in_it():
    body = '{"x": "ü€😀"}'.encode() + b"\x00\xff\r\n"
    assert why(Signatures((NEW,)), hub(NEW, body), body) == ""
    assert why(Signatures((NEW,)), hub(NEW, body), body.replace(b"\r\n", b"\n")) == "its signature is wrong"


def test_while_a_secret_is_changed_both_are_good_and_no_third():
    both = of(JIRA_WEBHOOK_SECRET=NEW, JIRA_WEBHOOK_SECRET_OLD=OLD)
    assert [why(both, hub(secret)) for secret in (NEW, OLD, APP)] == ["", "", "its signature is wrong"]
    assert why(of(JIRA_WEBHOOK_SECRET=NEW), hub(OLD)) == "its signature is wrong"


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (f"sha1={DIGEST[:40]}", "another method than sha256"),
        (f"sha512={DIGEST}", "another method than sha256"),
        (f"md5={DIGEST[:32]}", "another method than sha256"),
        (DIGEST, "another method than sha256"),
        (f"={DIGEST}", "another method than sha256"),
        ("", "another method than sha256"),
        ("sha256=", "not 64 hexadecimal digits"),
        (f"sha256={DIGEST[:-1]}", "not 64 hexadecimal digits"),
        (f"sha256={DIGEST}0", "not 64 hexadecimal digits"),
        (f"sha256={DIGEST[:-1]}g", "not 64 hexadecimal digits"),
        (f"sha256={DIGEST[:-1]}٣", "not 64 hexadecimal digits"),
        ("sha256=\udcff", "not 64 hexadecimal digits"),
        (f"sha256={'0' * 64}", "its signature is wrong"),
    ],
)
def test_a_signature_that_is_none_is_refused(header, said):
    secret, body = PUBLISHED
    assert said in why(Signatures((secret,)), {"X-Hub-Signature": header}, body)


def test_nothing_at_all_and_what_others_took_for_a_signature_are_refused_unread():
    secret, body = PUBLISHED
    for headers in (
        {},
        {"x-hub-signature-256": f"sha256={DIGEST}"},
        {"Authorization": "Basic YTpi"},
        {"Cookie": "a=b"},
    ):
        with pytest.raises(Unsigned, match="neither X-Hub-Signature nor a token"):
            Signatures((secret,), APP).look(headers)
        assert why(Signatures((secret,), APP), headers, body)


# --- tokens of OAuth apps


GOOD = {"iat": int(NOW), "exp": int(NOW) + 180}


@pytest.mark.parametrize("scheme", ["Bearer", "JWT", "bearer", "jwt"])
def test_a_token_of_the_app_is_believed(scheme):
    assert why(Signatures((), APP), token(GOOD, scheme=scheme)) == ""


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"iat": int(NOW) + 59, "exp": int(NOW) + 180}, ""),
        ({"iat": int(NOW) + 62, "exp": int(NOW) + 180}, "issued in the future"),
        ({"iat": int(NOW) - 180, "exp": int(NOW) - 58}, ""),
        ({"iat": int(NOW) - 180, "exp": int(NOW) - 61}, "expired"),
        ({"iat": int(NOW)}, "'exp'"),
        ({"exp": int(NOW) + 180}, "'iat'"),
        ({"iat": str(int(NOW)), "exp": int(NOW) + 180}, "'iat'"),
        ({"iat": int(NOW), "exp": True}, "'exp'"),
        ({"iat": None, "exp": None}, "'exp,iat'"),
        (GOOD | {"nbf": int(NOW) + 600}, "not yet valid"),
    ],
)
def test_clocks_may_differ_by_a_minute(claims, said):
    found = why(Signatures((), APP), token(claims))
    assert (said in found) if said else not found


@pytest.mark.parametrize("alg", ["HS384", "HS512"])
def test_only_one_method_is_taken_for_a_token(alg):
    assert why(Signatures((), APP), token(GOOD, APP * 4, alg)) == "its token is refused (UnsupportedAlgorithmError)"


def test_a_token_that_is_none_is_refused():
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    unsigned = f"{part({'alg': 'none'})}.{part(GOOD)}."
    nested = f"{base64.urlsafe_b64encode(b'[' * 3_000).decode()}.{part(GOOD)}.AAAA"
    for made in (unsigned, nested, "a.b.c", "x", "..", "ä.ö.ü", f"{part({'alg': 'HS256'})}.{part([1])}.AAAA"):
        assert why(Signatures((), APP), {"Authorization": f"Bearer {made}"}).startswith("its token is refused ("), made
    for headers in ({"Authorization": "Bearer "}, {"Authorization": "Bearer " + "a" * 10_000}):
        assert "neither" in why(Signatures((), APP), headers)


def test_a_token_says_nothing_of_the_body_so_it_is_a_door_of_its_own():
    assert why(Signatures((APP,)), token(GOOD)) == f"it has a token, and there is no {CLIENT_SECRET}"
    assert why(Signatures((), APP), hub(APP)) == f"it has a signature, and there is no {SECRET}"
    assert why(Signatures((NEW,), APP), hub(OLD) | token(GOOD)) == "its signature is wrong"


def test_what_there_is_no_secret_for_is_told_from_what_is_wrong():
    """The first may be our own fault, and is to be sent again."""
    for signatures, headers in (
        (Signatures(()), hub(NEW)),
        (Signatures((NEW,)), token(GOOD)),
        (Signatures((), APP), hub(APP)),
    ):
        with pytest.raises(NoSecret):
            signatures.look(headers)
        with pytest.raises(NoSecret):
            signatures.verify(headers, b"{}", NOW)
    for headers in (hub(OLD), {"X-Hub-Signature": "sha1=0"}, {}):
        with pytest.raises(Unsigned) as refused:
            Signatures((NEW,)).verify(headers, b"{}", NOW)
        assert not isinstance(refused.value, NoSecret)


def test_the_wrong_secret_of_an_app_is_wrong():
    assert why(Signatures((), APP), token(GOOD, NEW)) == "its token is refused (BadSignatureError)"


# --- at the start


@pytest.mark.parametrize("name", [SECRET, OLD_SECRET, CLIENT_SECRET])
def test_a_secret_that_is_too_short_is_refused_in_a_sentence_that_does_not_hold_it(name):
    with pytest.raises(BadArgument, match=rf"^{name} is shorter than 16 bytes, and could be guessed") as refused:
        of(**{name: "fifteen-letters"})
    assert "fifteen" not in str(refused.value)
    if name != OLD_SECRET:
        assert of(**{name: "exactly-sixteen!"})


def test_an_old_secret_alone_is_a_mistake():
    with pytest.raises(BadArgument, match="the new secret belongs there"):
        of(JIRA_WEBHOOK_SECRET_OLD=OLD)


def test_without_a_secret_there_is_nothing_to_tell_by():
    assert not of()
    assert of(JIRA_OAUTH_CLIENT_SECRET=APP)


def test_no_secret_is_shown():
    assert NEW not in repr(Signatures((NEW,), APP))
