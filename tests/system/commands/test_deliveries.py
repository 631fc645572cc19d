"""`scrapy deliveries`: what came and what became of it, in lines that a person reads; one of them done again."""

from __future__ import annotations

import json
import time
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from jira_crawler.store.database import connect
from jira_crawler.store.deliveries import Delivery
from jira_crawler.store.delivery_audit import Missed
from jira_crawler.store.store import Store
from tests.conftest import command
from tests.servers.receiving import event

HOUR = 3_600_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("output"))


def filled(folder: Path) -> Path:
    """Makes a store with a delivery of each kind; all came just now, but for one."""
    now = int(time.time() * 1000)
    yesterday = now - 30 * HOUR
    store = Store(connect(f"sqlite:///{folder / 'store.sqlite'}"))
    update, old, odd, failing = (
        Delivery("s", "1", "jira:issue_updated", now, now, (("5", "DEMO-5"), ("6", "")), body=event(5)),
        Delivery("s", "2", "jira:issue_deleted", yesterday, None, (("7", "DEMO-7"),), deleted=True, body=event(7)),
        Delivery("s", "3", "\x1b[2Juser_deleted", now, reason="it names no issue", body=b"Hello \xff"),
        Delivery("s", "4", "jira:issue_updated", now, None, (("8", "DEMO-8"),), body=event(8)),
    )
    first, *_, last = store.deliveries.receive([update, old, odd, failing])
    assert first
    assert last
    store.deliveries.fetched([first], now + 1_200)
    store.deliveries.stored([first], now + 1_500)
    store.deliveries.tabled(store.deliveries.ready("s"), now + 2_000)
    store.deliveries.failed([last], "status 500, again and again")
    store.delivery_audit.note_missed([Missed("s", "9", "DEMO-9", 1_700_000_000_000, now)])
    store.close()
    return folder


def deliveries(folder: Path, *switches: str) -> CompletedProcess[str]:
    return command("deliveries", "-s", f"OUTPUT_DIR={folder}", *switches)


def shown(folder: Path, *switches: str) -> list[list[str]]:
    """The cells of what is printed, without heading and rule."""
    done = deliveries(folder, *switches)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    return [line.split() for line in done.stdout.splitlines() if line.strip()][2:]


def test_what_came_is_shown_the_newest_first_with_what_became_of_it(folder: Path):
    failed, odd, update, old = shown(folder)
    assert [failed[0], odd[0], update[0], old[0]] == ["4", "3", "1", "2"]
    assert update[3:] == ["jira:issue_updated", "DEMO-5,", "6", "tabled", "+1.2", "s", "+1.5", "s", "+2.0", "s"]
    assert old[3:] == ["jira:issue_deleted", "DEMO-7", "received"]
    assert odd[3:] == ["user_deleted", "ignored", *["it", "names", "no", "issue"]]
    assert failed[3:] == ["jira:issue_updated", "DEMO-8", "failed", *["status", "500,", "again", "and", "again"]]


@pytest.mark.parametrize(
    ("switches", "ids"),
    [
        (["--failed"], ["4"]),
        (["--since", "24h"], ["4", "3", "1"]),
        (["--since", "2d", "--limit", "2"], ["4", "3"]),
        (["--failed", "--since", "2099-01-01"], []),
    ],
)
def test_less_is_shown_to_whoever_wants_less(folder: Path, switches: list[str], ids: list[str]):
    done = deliveries(folder, *switches)
    if not ids:
        assert (done.returncode, done.stdout) == (0, "No deliveries.\n")
    else:
        assert [row[0] for row in shown(folder, *switches)] == ids


def test_what_push_missed_is_a_list(folder: Path):
    ((key, id_, *times),) = shown(folder, "--missed")
    assert (key, id_, times[:2]) == ("DEMO-9", "9", ["2023-11-14", "22:13:20"])
    done = deliveries(folder, "--missed", "--since", "2099-01-01")
    assert done.stdout == "Nothing that polling found was not announced.\n"


def test_one_is_shown_as_it_came(folder: Path):
    done = deliveries(folder, "--show", "3")
    told = json.loads(done.stdout)
    assert (told["body"], told["state"], told["identity"]) == ("Hello \\xff", "ignored", "3")
    assert "\x1b" not in done.stdout


def test_one_is_done_again_behind_all_others(tmp_path: Path):
    folder = filled(tmp_path)
    done = deliveries(folder, "--replay", "4")
    assert (done.returncode, done.stderr) == (0, "")
    number = int(done.stdout.removeprefix("Delivery 4 is to be done again, as ").rstrip(".\n"))
    store = Store(connect(f"sqlite:///{folder / 'store.sqlite'}"))
    last = store.deliveries.pending("s", 0, 9)[-1]
    assert (last.number, last.issues, last.event) == (number, (("8", "DEMO-8"),), "jira:issue_updated")
    assert [each.state for each in store.delivery_audit.entries(limit=9) if each.number == 4] == ["failed"]
    store.close()


@pytest.mark.parametrize(
    ("switches", "said"),
    [
        (["--replay", "99"], "There is no delivery 99, or not any more: AUDIT_DAYS says how long they are kept."),
        (["--show", "99"], "There is no delivery 99, or not any more: AUDIT_DAYS says how long they are kept."),
        (["--replay", "3"], "Delivery 3 concerns nothing that could be done again: it is not JSON: "),
        (["--replay", "one"], "argument --replay: 'one' is not a whole number from 1 to "),
        (["--limit", "0"], "argument --limit: '0' is not a whole number from 1 to "),
        (["--since", "soon"], "argument --since: since=soon is no date: write 2025-01-31"),
        (["--missed", "--failed"], "argument --failed: not allowed with argument --missed"),
        (["DEMO"], "scrapy deliveries takes switches only, not 'DEMO'."),
        (["-s", "OUTPUT_DIR=/nowhere"], "There is no store in /nowhere: crawl first, or set OUTPUT_DIR."),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(folder: Path, switches: list[str], said: str):
    done = deliveries(folder, *switches)
    assert (done.returncode, done.stdout) == (2, "")
    (sentence,) = done.stderr.splitlines()
    assert sentence.startswith(f"scrapy deliveries: {said}")


def test_no_store_is_made_by_looking(tmp_path: Path):
    assert deliveries(tmp_path).returncode == 2
    assert [*tmp_path.iterdir()] == []
