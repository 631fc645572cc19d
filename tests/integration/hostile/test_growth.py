"""What a text costs grows with its length, whatever it holds: eight times as much takes about eight times as long."""

from __future__ import annotations

import json
from collections.abc import Callable
from time import process_time

import pytest

from jira_crawler.converters import to_markdown
from jira_crawler.items import Body, Comment, Format, Issue, Person, RawIssue, replace
from jira_crawler.redaction.people import People
from jira_crawler.refine.redact import redact_issue

Make = Callable[..., Issue]

QUADRATIC = 64  # times as long, for eight times as much


def growth(work: Callable[[int], Callable[[], object]], size: int) -> float:
    """How many times as long it takes for eight times as much; what the rest of the machine does is not counted."""
    return min(_seconds(work(8 * size)), _seconds(work(8 * size))) / max(_seconds(work(size)), 0.005)


def _seconds(work: Callable[[], object]) -> float:
    start = process_time()
    work()
    return process_time() - start


def letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def crowd(size: int) -> list[Person]:
    return [Person(f"login{letters(n)}", f"Ann{letters(n)} Fam{letters(n)}") for n in range(size)]


def test_names_of_any_number_of_people(make: Make) -> None:
    def work(size: int) -> Callable[[], object]:
        people = crowd(size)
        comments = tuple(
            Comment(id=str(n), author=person, body=Body(f"As {people[n - 1].name} said, and `x` too.", "markdown"))
            for n, person in enumerate(people)
        )
        issue = replace(make(description="Pump"), comments=comments)
        return lambda: redact_issue(issue)

    assert growth(work, 500) < QUADRATIC / 2.5


def test_mentions_of_any_number_of_people(make: Make) -> None:
    def work(size: int) -> Callable[[], object]:
        text = " ".join(f"[~login{letters(n)}]" for n in range(size))
        issue = make(description=text.replace("[~", "@").replace("]", ""))
        issue = replace(issue, raw=replace(issue.raw, payload=json.dumps({"body": text}).encode()))
        assert isinstance(issue.raw, RawIssue)
        return lambda: redact_issue(issue)

    assert growth(work, 500) < QUADRATIC / 2.5


def test_people_of_whom_only_a_name_is_known() -> None:
    def work(size: int) -> Callable[[], object]:
        people = [Person(name=person.name) for person in crowd(size)]
        return lambda: People(people, "")

    assert growth(work, 500) < QUADRATIC / 2.5


SHAPES: dict[str, tuple[Format, int, Callable[[int], str]]] = {
    "attributes": ("html", 2_000, lambda n: f"<div {'class=panel1 ' * n}>x</div>"),
    "classes": ("html", 2_000, lambda n: f"<div {'class=' * n} panel>x</div>"),
    "a link over many paragraphs": ("html", 1_000, lambda n: f'<a href="{"x" * 4 * n}">' + "a<p>" * n),
    "broken ADF": ("adf", 2_000, lambda n: "{" + '\\"' * n),
    "broken ADF of text": ("adf", 2_000, lambda n: '{"text":"' + '\\"text\\":' * n),
    "ADF with many marks": ("adf", 500, lambda n: marked(n)),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_body(shape: str) -> None:
    markup, size, write = SHAPES[shape]

    def work(size: int) -> Callable[[], object]:
        body = write(size)
        return lambda: to_markdown(body, markup)

    assert growth(work, size) < QUADRATIC / 2.5


def marked(size: int) -> str:
    texts = [{"type": "text", "text": "a", "marks": [{"type": ("strong", "em", "strike")[n % 3]}]} for n in range(size)]
    return json.dumps({"type": "doc", "content": [{"type": "paragraph", "content": texts}]})


@pytest.mark.parametrize("tables", [1, 20])
def test_merged_cells_do_not_make_a_page_of_a_few_bytes(tables: int) -> None:
    merged = "<tr>" + "<td colspan=99 rowspan=99>a" * 5 + "<tr><td>b" * 63
    body = f"<table>{merged * 20}</table>" * tables
    assert len(to_markdown(body, "html")) < 4 * len(body) + 200_000
