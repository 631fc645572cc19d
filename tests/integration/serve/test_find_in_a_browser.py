"""The page for searching in a real browser: by day and night, on a phone and a desk, without a mouse and a script."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, async_playwright

from jira_crawler.search.run import bring_up
from jira_crawler.serve.parts import Served, made
from jira_crawler.serve.standing import Standing
from tests.servers.archive import LONG, Archive, archive
from tests.servers.seeing import CONTRASTS, FOCUSED

SEEN = [(scheme, width) for scheme in ("light", "dark") for width in (360, 1280)]
LONGEST = 600.0  # seconds that one sight of it may take
TAG = "<img src=x onerror=alert(1)>"


@dataclass
class Sight:
    """What was seen of it, in one scheme at one width."""

    said: list[str] = field(default_factory=list)  # on the console, by errors, by dialogs
    asked: list[str] = field(default_factory=list)  # of whom
    widths: list[tuple[int, int]] = field(default_factory=list)
    contrasts: list[tuple[float, str]] = field(default_factory=list)
    stops: list[tuple[str, str, bool]] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)


async def look(browser: Browser, url: str, scheme: Any, width: int) -> Sight:
    """Asks with the keyboard alone, goes to the next page, narrows it down, and asks what cannot be read."""
    sight = Sight()
    made = await browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 740}, java_script_enabled=True
    )
    page = await made.new_page()
    page.on("console", lambda message: sight.said.append(message.text))
    page.on("pageerror", lambda error: sight.said.append(str(error)))
    page.on("dialog", lambda dialog: sight.said.append(dialog.message))
    page.on("request", lambda request: sight.asked.append(request.url))

    async def keep(name: str) -> None:
        sight.widths.append(tuple(await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")))
        sight.contrasts += [tuple(each) for each in await page.evaluate(CONTRASTS)]
        sight.texts[name] = await page.locator("body").inner_text()

    await page.goto(url)
    await keep("empty")
    await page.keyboard.type("lease")  # the box has the focus
    await page.keyboard.press("Enter")
    await page.locator(".hits").wait_for()
    await keep("hits")
    for _ in range(200):
        await page.keyboard.press("Tab")
        if not (found := await page.evaluate(FOCUSED)):
            break
        sight.stops.append(tuple(found))
    await page.locator("summary").first.press("Enter")
    await page.get_by_text("Seen 2026-09-21 14:13 UTC.").first.wait_for()
    await page.locator("a[rel=next]").press("Enter")
    await page.locator("a[rel=prev]").wait_for()
    await keep("second")
    await page.get_by_role("link", name="In Progress").press("Enter")
    await page.get_by_text("10 issues in").wait_for()
    await keep("narrowed")
    await page.locator("#q").fill("lease AND")
    await page.locator("#q").press("Enter")
    await page.get_by_role("alert").wait_for()
    await keep("wrong")
    await made.close()
    return sight


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    with archive(tmp_path_factory.mktemp("filled") / "output") as kept:
        for number in range(1, 41):
            kept.put(
                number,
                commit=False,
                summary=f"Lease {number} {TAG} {'andaverylongwordthatgoeson' * 4}",
                description=" ".join([LONG, *(f"word{number * at}" for at in range(60))]),
                status="In Progress" if number > 30 else "Open",
            )
        kept.dataset.commit()
        bring_up(kept.place)
        return kept.folder


def standing(folder: Path) -> Standing:
    setting = {"SEARCH": "1", "SEARCH_URL": "", "CONSUMER_DAYS": "30"}.get
    served = Served(output=folder, store_url="", setting=setting, secret=lambda _: "", policy=Archive.policy)
    return Standing(made(served), "127.0.0.1", 0, lambda _: "")


@pytest.fixture(scope="module")
def sights(folder, chromium) -> dict[tuple[str, int], Sight]:
    async def run() -> dict[tuple[str, int], Sight]:
        server = standing(folder)
        async with asyncio.timeout(LONGEST), async_playwright() as playwright:
            await server.start()
            browser = await playwright.chromium.launch(executable_path=chromium)
            try:
                return {each: await look(browser, server.url, *each) for each in SEEN}
            finally:
                await browser.close()
                await server.stop()

    return asyncio.run(run())


@pytest.mark.parametrize("seen", SEEN, ids=str)
def test_nothing_runs_and_nobody_else_is_asked(sights, seen):
    wrong = [each for each in sights[seen].said if "400 (Bad Request)" not in each]  # the answer to the wrong question
    assert wrong == []
    assert {url.split("/")[2].split(":")[0] for url in sights[seen].asked} == {"127.0.0.1"}


@pytest.mark.parametrize("seen", SEEN, ids=str)
def test_nothing_is_wider_than_the_screen(sights, seen):
    assert set(sights[seen].widths) == {(seen[1], seen[1])}


@pytest.mark.parametrize("seen", SEEN, ids=str)
def test_all_can_be_told_from_what_is_behind_it(sights, seen):
    contrasts = sights[seen].contrasts
    assert len(contrasts) > 300
    assert [each for each in contrasts if each[0] < 4.5] == []


@pytest.mark.parametrize("seen", SEEN, ids=str)
def test_a_keyboard_reaches_everything_and_shows_where_it_is(sights, seen):
    stops = sights[seen].stops
    names = [name for name, _, _ in stops]
    assert names[:1] == ["To the hits"]
    for name in ("Search", "In Progress", "More →", "This as JSON", "Is it ready?"):
        assert name in names
    assert sum(name.startswith("quality 0.") for name in names) == 20
    assert {(outline, shows) for _, outline, shows in stops} == {("solid", True)}


@pytest.mark.parametrize("seen", SEEN, ids=str)
def test_what_it_says(sights, seen):
    texts = sights[seen].texts
    assert "phrases in quotes" in texts["empty"]
    assert "40 issues in" in texts["hits"]
    assert TAG in texts["hits"]
    assert "ACME-" in texts["second"]
    assert "Open" not in texts["narrowed"]
    assert "cannot be read at character" in texts["wrong"]


def test_without_a_script_it_is_the_same(folder, chromium):
    async def run() -> None:
        server = standing(folder)
        async with asyncio.timeout(LONGEST), async_playwright() as playwright:
            await server.start()
            browser = await playwright.chromium.launch(executable_path=chromium)
            try:
                page = await (await browser.new_context(java_script_enabled=False)).new_page()
                await page.goto(server.url)
                await page.locator("#q").fill("lease")
                await page.locator("#q").press("Enter")
                await page.locator(".hits mark").first.wait_for()
                assert await page.locator(".hits > li").count() == 20
            finally:
                await browser.close()
                await server.stop()

    asyncio.run(run())
