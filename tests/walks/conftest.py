"""A running Hark and a real Chromium for the walks; Bo is its first owner."""

import os
import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from hark.testing.server import Server

FAKE_MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", *FAKE_MICROPHONE]
PASSWORD = "a washer called W-17"
expect.set_options(timeout=15_000)


@pytest.fixture(scope="module")  # an open browser keeps an event loop running, which must not outlive its file
def chromium() -> Iterator[Browser]:
    program = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("chromium is missing")
        pytest.skip("chromium is missing")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def bo(chromium: Browser, server: Server) -> Iterator[BrowserContext]:
    """Bo opened the link that an empty Hark prints, and became its owner."""
    found = re.search(r"https?://\S+(/welcome/\S+)", server.log())
    assert found, server.log()[-2000:]
    context = chromium.new_context(base_url=server.url, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(found.group(1))
    page.get_by_label("Your name").fill("Bo Lind")
    page.get_by_label("E-mail").fill("bo@tidewell.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bo")
    page.close()
    yield context
    context.close()


@pytest.fixture
def page(bo: BrowserContext) -> Iterator[Page]:
    """A page of Bo's; a script error or a refusal of the policy fails the walk."""
    faults: list[str] = []
    page = bo.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    yield page
    page.close()
    assert faults == []
