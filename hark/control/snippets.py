"""Ready to paste: how each client is told where to send, with the address and the write key of one source."""

from msgspec import Struct


class Snippet(Struct, frozen=True, kw_only=True):
    """`name` is a client as people call it; `install` fetches it, `code` sends a first event."""

    id: str
    name: str
    group: str
    code: str
    install: str = ""


_TEMPLATES = (
    Snippet(
        id="curl",
        name="curl",
        group="HTTP",
        code="""curl {url}/v1/events \\
  -H "Authorization: Bearer {key}" -H "Content-Type: application/json" \\
  -d '{{"name": "Order Completed", "identities": {{"email": "ann@example.com"}},
       "properties": {{"total": 59.9, "currency": "EUR"}}}}'""",
    ),
    Snippet(
        id="segment-browser",
        name="Segment in the browser",
        group="Segment",
        install="npm install @segment/analytics-next",
        code="""import {{ AnalyticsBrowser }} from '@segment/analytics-next'

const analytics = AnalyticsBrowser.load({{ writeKey: '{key}', cdnURL: '{url}' }})
analytics.identify('user-17', {{ email: 'ann@example.com' }})
analytics.track('Order Completed', {{ total: 59.9, currency: 'EUR' }})""",
    ),
    Snippet(
        id="segment-node",
        name="Segment in Node.js",
        group="Segment",
        install="npm install @segment/analytics-node",
        code="""import {{ Analytics }} from '@segment/analytics-node'

const analytics = new Analytics({{ writeKey: '{key}', host: '{url}' }})
analytics.track({{ userId: 'user-17', event: 'Order Completed', properties: {{ total: 59.9 }} }})
await analytics.closeAndFlush()""",
    ),
    Snippet(
        id="segment-python",
        name="Segment in Python",
        group="Segment",
        install="pip install segment-analytics-python",
        code="""from segment.analytics import Client

client = Client('{key}', host='{url}')
client.track('user-17', 'Order Completed', {{'total': 59.9, 'currency': 'EUR'}})
client.flush()""",
    ),
    Snippet(
        id="rudderstack-browser",
        name="RudderStack in the browser",
        group="RudderStack",
        install="npm install @rudderstack/analytics-js",
        code="""import {{ RudderAnalytics }} from '@rudderstack/analytics-js'

const analytics = new RudderAnalytics()
analytics.load('{key}', '{url}', {{ configUrl: '{url}' }})
analytics.track('Order Completed', {{ total: 59.9, currency: 'EUR' }})""",
    ),
    Snippet(
        id="rudderstack-python",
        name="RudderStack in Python",
        group="RudderStack",
        install="pip install rudder-sdk-python",
        code="""import rudderstack.analytics as analytics

analytics.write_key = '{key}'
analytics.dataPlaneUrl = '{url}'
analytics.track('user-17', 'Order Completed', {{'total': 59.9}})
analytics.flush()""",
    ),
    Snippet(
        id="posthog-browser",
        name="PostHog in the browser",
        group="PostHog",
        install="npm install posthog-js",
        code="""import posthog from 'posthog-js'

posthog.init('{key}', {{ api_host: '{url}' }})
posthog.identify('user-17', {{ email: 'ann@example.com' }})
posthog.capture('Order Completed', {{ total: 59.9 }})""",
    ),
    Snippet(
        id="posthog-python",
        name="PostHog in Python",
        group="PostHog",
        install="pip install posthog",
        code="""from posthog import Posthog

posthog = Posthog('{key}', host='{url}')
posthog.capture('Order Completed', distinct_id='user-17', properties={{'total': 59.9}})
posthog.shutdown()""",
    ),
    Snippet(
        id="snowplow-python",
        name="Snowplow in Python",
        group="Snowplow",
        install="pip install snowplow-tracker",
        code="""from snowplow_tracker import Emitter, StructuredEvent, Tracker

emitter = Emitter('{host}', protocol='{scheme}', port={port}, method='post')
tracker = Tracker('shop', emitters=emitter, app_id='{key}')
tracker.track(StructuredEvent(category='shop', action='Order Completed', value=59.9))
tracker.flush()""",
    ),
    Snippet(
        id="jitsu",
        name="Jitsu",
        group="Jitsu",
        install="npm install @jitsu/js",
        code="""import {{ jitsuAnalytics }} from '@jitsu/js'

const analytics = jitsuAnalytics({{ host: '{url}', writeKey: '{key}' }})
analytics.track('Order Completed', {{ total: 59.9, currency: 'EUR' }})""",
    ),
)


def snippets(url: str, key: str) -> list[Snippet]:
    """Every snippet with this address and key filled in."""
    scheme, _, place = url.partition("://")
    host, _, port = place.partition(":")
    words = {
        "url": url,
        "key": key,
        "scheme": scheme,
        "host": host,
        "port": port or ("443" if scheme == "https" else "80"),
    }
    return [
        Snippet(id=one.id, name=one.name, group=one.group, install=one.install, code=one.code.format(**words))
        for one in _TEMPLATES
    ]
