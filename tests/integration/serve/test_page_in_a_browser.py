"""The page in a real browser: by day and night, on a phone and a desk, with a keyboard alone, and without a script."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from jira_crawler.serve.server import Server
from jira_crawler.serve.status import Status
from jira_crawler.serve.watching import StatusPages
from tests.servers.looking import later, shown, status
from tests.servers.seeing import CONTRASTS, FOCUSED

SEEN = [(scheme, width) for scheme in ("light", "dark") for width in (360, 1280)]
LONGEST = 600.0  # seconds that one sight of it may take
ANOTHER = """() => {
  const another = new EventSource("events");
  another.onmessage = event => { if (event.data.includes("broke")) console.log("told"); };
}"""


class Looks:
    def __init__(self) -> None:
        self.now = status()
        self.pages = StatusPages(self.look, every=0.02)

    async def look(self) -> Status:
        return self.now


@dataclass
class Sight:
    """What was seen of it, in one scheme at one width."""

    said: list[str] = field(default_factory=list)  # on the console, by errors, by dialogs
    widths: tuple[int, int] = (0, 0)  # of the document, and of the window
    contrasts: list[tuple[float, str]] = field(default_factory=list)
    stops: list[tuple[str, str, bool]] = field(default_factory=list)  # what Tab leads to, its outline, whether it shows
    paper: str = ""


@asynccontextmanager
async def opened(browser: Browser, url: str, sight: Sight, **context: Any) -> AsyncIterator[Page]:
    made = await browser.new_context(**context)
    page = await made.new_page()
    page.on("console", lambda message: sight.said.append(message.text))
    page.on("pageerror", lambda error: sight.said.append(str(error)))
    page.on("dialog", lambda dialog: sight.said.append(dialog.message))
    await page.goto(url)
    yield page
    await made.close()


@asynccontextmanager
async def browsing(path: str) -> AsyncIterator[tuple[Looks, Server, Browser]]:
    looks = Looks()
    async with asyncio.timeout(LONGEST), shown(looks.pages) as server, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path)
        yield looks, server, browser
        await browser.close()


async def look(looks: Looks, url: str, browser: Browser, scheme: Any, width: int) -> Sight:
    sight, looks.now = Sight(), status()
    async with opened(browser, url, sight, color_scheme=scheme, viewport={"width": width, "height": 740}) as page:
        await page.wait_for_selector("#hold:not([hidden])")
        looks.now = later(1)
        await page.get_by_text("DEMO-77").wait_for()
        sight.widths = tuple(await page.evaluate("[document.documentElement.scrollWidth, innerWidth]"))
        sight.contrasts = [tuple(each) for each in await page.evaluate(CONTRASTS)]
        sight.paper = await page.evaluate("getComputedStyle(document.body).backgroundColor")
        while len(sight.stops) < 30:
            await page.keyboard.press("Tab")
            if not (found := await page.evaluate(FOCUSED)):
                break
            sight.stops.append(tuple(found))
    return sight


@pytest.fixture(scope="module")
def sights(chromium) -> dict[tuple[str, int], Sight]:
    async def run() -> dict[tuple[str, int], Sight]:
        async with browsing(chromium) as (looks, server, browser):
            return {each: await look(looks, server.url, browser, *each) for each in SEEN}

    return asyncio.run(run())


@pytest.mark.parametrize("seen", SEEN, ids=str)
def test_it_is_brought_up_to_date_and_nothing_is_complained_of(sights, seen):
    assert sights[seen].said == []  # what is sent holds tags of scripts, of which none may run


@pytest.mark.parametrize("seen", SEEN, ids=str)
def test_nothing_is_wider_than_the_screen(sights, seen):
    assert sights[seen].widths == (seen[1], seen[1])


@pytest.mark.parametrize("seen", SEEN, ids=str)
def test_all_can_be_told_from_what_is_behind_it(sights, seen):
    contrasts = sights[seen].contrasts
    assert len(contrasts) > 150
    assert [each for each in contrasts if each[0] < 4.5] == []


@pytest.mark.parametrize("seen", SEEN, ids=str)
def test_a_keyboard_reaches_everything_and_shows_where_it_is(sights, seen):
    assert [name for name, _, _ in sights[seen].stops] == [
        *("To what is shown", "Pause", "Passes over what changed", "The last deliveries, the newest first"),
        *("The last that failed", "The last that push missed", "Projects"),
        *("All of this as JSON", "Is it ready?", "Set-up"),
    ]
    assert {(outline, shows) for _, outline, shows in sights[seen].stops} == {("solid", True)}


def test_night_is_dark(sights):
    assert sights["light", 360].paper != sights["dark", 360].paper


async def hold_still(looks: Looks, page: Page) -> None:
    box = page.get_by_role("region", name="The last deliveries, the newest first")
    await box.focus()
    await box.evaluate("box => { box.scrollLeft = 40; }")
    looks.now = later(1)
    await page.get_by_text("DEMO-77").wait_for()
    assert await box.evaluate("box => [box === document.activeElement, box.scrollLeft]") == [True, 40]


async def pause(looks: Looks, page: Page) -> None:
    await page.locator("#hold").press("Enter")
    assert await page.locator("#hold").text_content() == "Go on"
    assert (await page.locator("#connection").text_content()).startswith("Paused")
    looks.now = status(problems=("It broke.",))
    async with page.expect_console_message() as told:  # another one that watches is told of it
        await page.evaluate(ANOTHER)
    assert (await told.value).text == "told"
    assert "broke" not in await page.locator("#state").text_content()
    await page.locator("#hold").press("Space")
    await page.get_by_text("It broke.").wait_for()
    assert await page.locator("#connection").text_content() == ""


@pytest.mark.parametrize("test", [hold_still, pause], ids=["what has the focus and is scrolled stays so", "a pause"])
def test_it_can_be_read_while_it_moves(chromium, test):
    async def run() -> None:
        async with (
            browsing(chromium) as (looks, server, browser),
            opened(browser, server.url, Sight(), viewport={"width": 360, "height": 740}) as page,
        ):
            await test(looks, page)

    asyncio.run(run())


def test_it_says_when_nothing_comes_any_more(chromium):
    async def run() -> None:
        looks = Looks()
        async with asyncio.timeout(LONGEST), async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium)
            page = await browser.new_page()
            async with shown(looks.pages) as server:
                await page.goto(server.url)
                looks.now = later(1)
                await page.get_by_text("DEMO-77").wait_for()
            await page.get_by_text("Nothing comes any more").wait_for()
            assert await page.get_by_text("DEMO-77").count() == 1
            await browser.close()

    asyncio.run(run())


def test_without_a_script_it_shows_how_it_was(chromium):
    async def run() -> None:
        async with (
            browsing(chromium) as (_, server, browser),
            opened(browser, server.url, Sight(), java_script_enabled=False) as page,
        ):
            assert await page.locator("noscript p").is_visible()
            assert await page.get_by_text("DEMO-1", exact=True).is_visible()
            assert not await page.locator("#hold").is_visible()

    asyncio.run(run())
