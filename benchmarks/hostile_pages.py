"""What may be done to pages of people, to robots.txt, and to what an error says."""

from __future__ import annotations

from benchmarks.hostile_mutations import Harm, Mutation, Scene, with_body
from benchmarks.hostile_tracker import PEOPLES
from tests.servers.hostile import Answer, as_json


def echo(answer: Answer, scene: Scene) -> Answer:
    """An error that quotes who asked, as some proxies do."""
    said = {"errorMessages": [f"Bad header: {scene.asked.headers.get('authorization', 'none')}"]}
    return as_json(said, scene.chance.choice((400, 500)))


def lure(answer: Answer, scene: Scene) -> Answer:
    """A page that would lead a browser elsewhere."""
    here = scene.stranger
    lures = (
        f'<meta http-equiv="refresh" content="0;url={here}/refresh">',
        f'<base href="{here}/"><script src="{here}/x.js"></script><img src="{here}/x.png"><iframe src="{here}/f">',
        f'<!DOCTYPE x [<!ENTITY e SYSTEM "{here}/xxe">]><p>&e;</p>',
        f'<form id="f" action="{here}" target="_top"></form><script>document.forms.f.submit()</script>',
    )
    return with_body(answer, answer.body.replace(b"<body", scene.chance.choice(lures).encode() + b"<body", 1))


def wound(answer: Answer, scene: Scene) -> Answer:
    """A page that lacks a piece, has one too much, or is another one."""
    at, cut = scene.chance.randrange(len(answer.body) + 1), scene.chance.choice((1, 30, 300))
    pieces = (b"", b"<div>" * 3_000, b"</div>", b"<!--", b"<script>", b"<a id='key-val'>../../escaped-1</a>", b"\0")
    wounded = answer.body[:at] + scene.chance.choice(pieces) + answer.body[at + cut :]
    return with_body(answer, wounded)


def renamed(answer: Answer, scene: Scene) -> Answer:
    """Another key or number than was asked for."""
    names = (b"ACME-1", b"OTHER-5", b"../../escaped-1", b"ACME-" + b"9" * 400, "ÄCME-²".encode())
    return with_body(answer, answer.body.replace(b"ACME-2", scene.chance.choice(names)).replace(b"1002", b"-1"))


def rules(answer: Answer, scene: Scene) -> Answer:
    """A robots.txt that forbids, asks for odd delays, or is none."""
    delays = [f"User-agent: *\nCrawl-delay: {n}\n" for n in ("nan", "-1", "1e9", "x", "0.01")]
    texts = ("User-agent: *\nDisallow: /\n", "\xff" * 100, "Disallow: /" * 100_000, "User-agent: \0\n", *delays)
    return with_body(answer, scene.chance.choice(texts).encode())


PAGE_MUTATIONS = (
    Mutation("an echo", echo),
    Mutation("a lure", lure, Harm.NONE, places=("browse",)),
    Mutation("a wound", wound, places=PEOPLES),
    Mutation("another name", renamed, places=PEOPLES),
    Mutation("odd rules", rules, places=("robots",)),
)
