"""The unmodified browser libraries in a real Chromium, on a page of another origin, against a running Hark."""

import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from hark.testing.server import Server
from tests.clients.conftest import MODULES, Front, need

pytestmark = [pytest.mark.clients, pytest.mark.browser]

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


class Shop(BaseHTTPRequestHandler):
    """The customer's own site: an empty page, and the npm packages as its build would have them."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        file = MODULES / path.removeprefix("/packages/")
        script = path.startswith("/packages/") and file.is_file()
        body = file.read_bytes() if script else b"<!doctype html><title>Pricing</title><h1>Pricing</h1>"
        self.send_response(200)
        self.send_header("content-type", "text/javascript" if script else "text/html")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A Hark that also serves the browser libraries which its operator installed."""
    need("the npm packages of tests/clients", MODULES.is_dir())
    folder = tmp_path_factory.mktemp("server")
    for place in (folder, *folder.parents[:2]):
        place.chmod(0o755)
    server = Server(folder / "data", HARK_SCRIPTS=str(MODULES)).start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    program = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)
    need("chromium", program is not None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, shop: str) -> Iterator[Page]:
    context = chromium.new_context(locale="de-DE", timezone_id="Europe/Berlin")
    page = context.new_page()
    page.goto(f"{shop}/pricing?utm_source=news&utm_campaign=spring")
    yield page
    context.close()


def names(events: list[dict[str, object]]) -> set[object]:
    return {event["name"] for event in events}


def test_segment_from_npm(front: Front, page: Page) -> None:
    page.add_script_tag(url="/packages/@segment/analytics-next/dist/umd/index.js")
    page.evaluate(
        """async ([url, host, key]) => {
            const [analytics] = await AnalyticsNext.AnalyticsBrowser.load({ writeKey: key, cdnURL: url });
            await analytics.page("Docs", "Pricing");
            await analytics.identify("segment-npm", { email: "segment-npm@example.com" });
            await analytics.track("Order Completed", { revenue: 14.99 });
            await analytics.group("g1", { name: "Initech" });
        }""",
        [front.url, f"127.0.0.1:{front.port}", front.key],
    )

    events = front.history("user_id:segment-npm", 4)
    assert names(events) == {"page", "identify", "Order Completed", "group"}
    assert {event["channel"] for event in events} == {"web"}
    person = front.person("email:segment-npm@example.com")
    assert person is not None
    assert person["time_zone"] == "Europe/Berlin"
    assert "anonymous_id" in {kind for kind, _ in front.identities("user_id:segment-npm")}


def test_segment_in_batches_that_leave_with_the_page(front: Front, page: Page, shop: str) -> None:
    page.add_script_tag(url="/packages/@segment/analytics-next/dist/umd/index.js")
    page.evaluate(
        """async ([url, key]) => {
            const strategy = { strategy: "batching", config: { size: 10, timeout: 60000 } };
            const [analytics] = await AnalyticsNext.AnalyticsBrowser.load(
                { writeKey: key, cdnURL: url },
                { integrations: { "Segment.io": { deliveryStrategy: strategy } } },
            );
            analytics.identify("segment-batch", { email: "segment-batch@example.com" });
            analytics.track("Left");
            await new Promise((done) => setTimeout(done, 300));
        }""",
        [front.url, front.key],
    )
    page.goto(f"{shop}/elsewhere")

    assert names(front.history("user_id:segment-batch", 2)) == {"identify", "Left"}


def test_segment_by_its_snippet_with_the_library_from_here(front: Front, page: Page) -> None:
    page.evaluate(
        """([url, key]) => {
            const analytics = (window.analytics = []);
            for (const method of ["page", "identify", "track"])
                analytics[method] = (...given) => analytics.push([method, ...given]);
            analytics._writeKey = key;
            analytics._cdn = url;
            analytics.page();
            analytics.identify("segment-cdn", { email: "segment-cdn@example.com" });
            analytics.track("Order Completed", { revenue: 14.99 });
        }""",
        [front.url, front.key],
    )
    page.add_script_tag(url=f"{front.url}/analytics.js/v1/{front.key}/analytics.min.js")

    assert names(front.history("user_id:segment-cdn", 3)) == {"page", "identify", "Order Completed"}


def test_rudderstack(front: Front, page: Page) -> None:
    _rudder(page, front, "rudder-browser", {})

    assert names(front.history("user_id:rudder-browser", 3)) == {"page", "identify", "Order Completed"}
    kinds = {kind for kind, _ in front.identities("email:rudder-browser@example.com")}
    assert kinds == {"user_id", "anonymous_id", "email"}


def test_rudderstack_by_beacon(front: Front, page: Page, shop: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    _rudder(page, front, "rudder-beacon", {"useBeacon": True, "beaconQueueOptions": {"flushQueueInterval": 500}})
    page.wait_for_timeout(800)
    page.goto(f"{shop}/elsewhere")

    assert names(front.history("user_id:rudder-beacon", 3)) == {"page", "identify", "Order Completed"}
    assert any("/beacon/v1/batch" in url for url in asked)


def _rudder(page: Page, front: Front, user: str, options: dict[str, object]) -> None:
    page.add_script_tag(url="/packages/@rudderstack/analytics-js/dist/npm/modern/bundled/umd/index.js")
    page.evaluate(
        """async ([url, key, user, options]) => {
            const analytics = (window.rudder = new rudderanalytics.RudderAnalytics());
            analytics.load(key, url, { configUrl: url, ...options });
            await new Promise((done) => analytics.ready(done));
            analytics.page("Docs", "Pricing");
            analytics.identify(user, { email: `${user}@example.com` });
            analytics.track("Order Completed", { revenue: 14.99 });
        }""",
        [front.url, front.key, user, options],
    )


@pytest.mark.parametrize("library", ["npm", "here"])
def test_posthog(front: Front, page: Page, library: str) -> None:
    own = "/packages/posthog-js/dist/array.full.no-external.js"
    user = f"posthog-{library}"
    page.evaluate(
        """([url, key, user]) => {
            // What PostHog's snippet leaves behind until its library is there.
            const posthog = (window.posthog = []);
            posthog._i = [[key, { api_host: url, person_profiles: "always", autocapture: false,
                                  disable_session_recording: true, capture_pageleave: false,
                                  opt_out_useragent_filter: true }, "posthog"]];
            posthog.__SV = 1;
        }""",
        [front.url, front.key, user],
    )
    page.add_script_tag(url=own if library == "npm" else f"{front.url}/static/array.js")
    page.evaluate(
        """(user) => {
            posthog.identify(user, { email: `${user}@example.com` }, { first_seen_on: "pricing" });
            posthog.capture("Order Completed", { revenue: 14.99 });
        }""",
        user,
    )

    assert names(front.history(f"user_id:{user}", 3)) == {"page", "identify", "Order Completed"}
    person = front.person(f"email:{user}@example.com")
    assert person is not None
    assert person["traits"]["first_seen_on"] == "pricing"
    assert "anonymous_id" in {kind for kind, _ in front.identities(f"user_id:{user}")}


def test_jitsu(front: Front, page: Page) -> None:
    page.evaluate(
        """([url, key]) => new Promise((done) => {
            const script = document.createElement("script");
            script.src = `${url}/p.js`;
            script.dataset.writeKey = key;
            script.onload = done;
            document.head.append(script);
        })""",
        [front.url, front.key],
    )
    page.evaluate(
        """async () => {
            await jitsu.identify("jitsu-browser", { email: "jitsu-browser@example.com" });
            await jitsu.track("Order Completed", { revenue: 14.99 });
        }"""
    )

    events = front.history("user_id:jitsu-browser", 3)
    assert names(events) == {"page", "identify", "Order Completed"}
    assert {event["channel"] for event in events} == {"web"}


def test_a_beacon_and_a_pixel_written_by_hand(front: Front, page: Page) -> None:
    page.evaluate(
        """async ([url, key]) => {
            const call = (event) => ({ type: "track", event, userId: "by-hand", messageId: event, writeKey: key });
            navigator.sendBeacon(`${url}/v1/t`, JSON.stringify(call("Left")));
            const picture = new Image();
            picture.src = `${url}/v1/pixel/track?data=${encodeURIComponent(btoa(JSON.stringify(call("Opened"))))}`;
            await picture.decode();
        }""",
        [front.url, front.key],
    )

    assert names(front.history("user_id:by-hand", 2)) == {"Left", "Opened"}


def test_another_origin_may_send_with_credentials_and_read_a_refusal(front: Front, page: Page) -> None:
    answers = page.evaluate(
        """async ([url, key]) => {
            const post = (key) => fetch(`${url}/v1/track`, {
                method: "POST",
                credentials: "include",
                headers: { "content-type": "application/json", authorization: `Basic ${btoa(key + ":")}`, "x-any": "1" },
                body: JSON.stringify({ event: "Asked", userId: "cors", messageId: "cors-1" }),
            });
            const wrong = await post("wrong");
            return [(await post(key)).status, wrong.status, await wrong.json()];
        }""",
        [front.url, front.key],
    )

    assert answers[:2] == [200, 401]
    assert {"code", "message", "detail", "msg"} <= answers[2].keys()
    assert names(front.history("user_id:cors", 1)) == {"Asked"}
