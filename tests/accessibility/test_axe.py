"""Every screen, with something on it, as axe-core sees it in a real browser: wide and narrow, light and dark."""

import re
import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from litestar.handlers import HTTPRouteHandler
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from hark.testing.cluster import Cluster
from hark.testing.desk import Desk
from hark.testing.house import House
from hark.web.handlers import found
from hark.web.rights import Right, declared
from tests.accessibility import axe
from tests.accessibility.furnished import furnish, served
from tests.clients.conftest import need

pytestmark = [pytest.mark.browser, pytest.mark.clients, pytest.mark.filterwarnings("ignore")]

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
STRANGERS = ("/sign-in", "/my-data/sign-in", "/my-data/enter/spent", "/welcome/spent", "/no/such/page")
CUSTOMERS = ("/my-data",)


def screens(*fronts: str) -> list[str]:
    """Paths of screens that the team sees; not files to take along."""
    return sorted(
        path
        for handler in found(*fronts)
        if isinstance(handler, HTTPRouteHandler) and "GET" in handler.http_methods
        for path in handler.paths
        if declared(handler) not in (Right.ANYONE, Right.OWN_DATA) and not _is_no_page(path)
    )


def _is_no_page(path: str) -> bool:
    return "." in path or "/record/" in path or "/files/" in path or path in ("/search", "/notices/key")


SCREENS = screens("hark.desk", "hark.control", "hark.help")


@pytest.fixture(scope="module")
def house(cluster: Cluster) -> Iterator[House]:
    url = cluster.new()
    house = House(url)
    yield house
    house.close()
    cluster.drop(url)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    need("axe-core of tests/clients", axe.SCRIPT.is_file())
    program = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)
    need("chromium", program is not None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def desk(house: House) -> Desk:
    desk = Desk(house)
    furnish(house, desk)
    return desk


@pytest.fixture(scope="module")
def address(house: House, desk: Desk) -> Iterator[str]:
    with served(house) as address:
        yield address


@pytest.fixture(scope="module")
def bo(chromium: Browser, address: str, desk: Desk) -> Iterator[BrowserContext]:
    context = _signed_in(chromium, address, desk)
    yield context
    context.close()


@pytest.fixture(scope="module")
def examples(bo: BrowserContext, house: House) -> dict[str, str]:
    """Of every screen one address, found as somebody finds it: by following links from the screens of the menu."""
    [chat] = house.query("select id from source where name = 'shop chat'")  # the source that is looked at is another
    return _wander(bo, f"/sources/{chat['id']}/chat")


@pytest.mark.parametrize("screen", SCREENS)
def test_everybody_can_use(screen: str, examples: dict[str, str], bo: BrowserContext) -> None:
    assert screen in examples, "no link leads there: let tests/accessibility/furnished.py put something on that screen"
    faults = _looked_at(bo, examples[screen])

    assert faults == []


@pytest.mark.parametrize("path", STRANGERS)
def test_a_stranger_can_use(path: str, chromium: Browser, address: str) -> None:
    context = chromium.new_context(base_url=address, reduced_motion="reduce")
    faults = _looked_at(context, path)
    context.close()

    assert faults == []


@pytest.mark.parametrize("path", CUSTOMERS)
def test_a_customer_can_use(path: str, chromium: Browser, address: str, house: House, desk: Desk) -> None:
    context = _signed_in(chromium, address, Desk.customer(house, "email", "natalie@moreau.example"))
    faults = _looked_at(context, path)
    context.close()

    assert faults == []


@pytest.mark.parametrize(("keys", "role"), [("Control+k", "combobox"), ("?", "dialog")])
def test_what_opens_over_a_screen(keys: str, role: str, bo: BrowserContext) -> None:
    page = bo.new_page()
    page.goto("/people")
    page.keyboard.press(keys)
    page.get_by_role(role).first.wait_for()
    faults = _seen(page)
    page.close()

    assert faults == []


def _signed_in(chromium: Browser, address: str, desk: Desk) -> BrowserContext:
    context = chromium.new_context(base_url=address, reduced_motion="reduce", viewport=WIDE)
    context.add_cookies([{"name": "hark_session", "value": desk.secret, "url": address}])
    return context


def _wander(context: BrowserContext, chat: str) -> dict[str, str]:
    patterns = {
        path: re.compile(re.sub(r"\{\w+:path\}", ".+", re.sub(r"\{\w+:\w+\}", "[^/]+", path))) for path in SCREENS
    }
    seen: dict[str, str] = {path: path for path in SCREENS if "{" not in path}
    seen["/sources/{source_id:str}/chat"] = chat
    seen["/phone/{place:path}"] = "/phone/waiting"  # places of one page, between which its script goes
    waiting = [*seen.values(), "/people?q=email:natalie@moreau.example"]  # the last one is looked at first
    page = context.new_page()
    while waiting:
        page.goto(waiting.pop())
        for link in page.locator("main a[href]").evaluate_all("all => all.map(one => one.href)"):
            parts = urlsplit(link)
            screen = next((path for path, like in patterns.items() if like.fullmatch(parts.path)), "")
            if screen and screen not in seen and parts.netloc == urlsplit(page.url).netloc:
                seen[screen] = f"{parts.path}?{parts.query}"
                waiting.append(seen[screen])
    page.close()
    return seen


def _looked_at(context: BrowserContext, path: str) -> list[str]:
    page = context.new_page()
    page.set_viewport_size(WIDE)
    page.goto(path)
    faults = _seen(page)
    page.close()
    return faults


def _seen(page: Page) -> list[str]:
    """All rules in light, the colours again in dark; wide, then as on a phone."""
    faults = []
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        for scheme, rules in (("light", axe.EVERY_RULE), ("dark", axe.COLOURS)):
            page.emulate_media(color_scheme=scheme)
            faults += [f"{size['width']} {scheme} {fault}" for fault in axe.faults(page, rules)]
    return sorted(set(faults))
