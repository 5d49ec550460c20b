// Starts one unmodified npm client and sends a few calls: node send.cjs CLIENT URL KEY USER
const [client, url, key, user] = process.argv.slice(2);
const email = `${user}@example.com`;
const visitor = `${user}-visitor`;
const order = { revenue: 14.99 };
const address = new URL(url);

const clients = {
  async "segment-node"() {
    const { Analytics } = require("@segment/analytics-node");
    const analytics = new Analytics({ writeKey: key, host: url });
    analytics.on("error", fail);
    sendCalls(analytics);
    await analytics.closeAndFlush();
  },
  async "customerio-node"() {
    const { Analytics } = require("@customerio/cdp-analytics-node");
    const analytics = new Analytics({ writeKey: key, host: url });
    analytics.on("error", fail);
    sendCalls(analytics);
    await analytics.closeAndFlush();
  },
  async "segment-node-classic"() {
    const Analytics = require("analytics-node");
    const analytics = new Analytics(key, { host: url, errorHandler: fail });
    sendCalls(analytics);
    await analytics.flush();
  },
  async "rudder-node"() {
    const Analytics = require("@rudderstack/rudder-sdk-node");
    const analytics = new Analytics(key, { dataPlaneUrl: url, errorHandler: fail });
    sendCalls(analytics);
    await new Promise((done) => analytics.flush(done));
    await new Promise((done) => setTimeout(done, 500));
  },
  async "posthog-node"() {
    const { PostHog } = require("posthog-node");
    const posthog = new PostHog(key, { host: url });
    posthog.on("error", fail);
    posthog.capture({ distinctId: `anon-${user}`, event: "Viewed", properties: { $process_person_profile: false } });
    posthog.identify({ distinctId: user, properties: { email } });
    posthog.capture({ distinctId: user, event: "Order Completed", properties: order });
    posthog.alias({ distinctId: user, alias: `anon-${user}` });
    await posthog.shutdown();
  },
  async "jitsu-node"() {
    const { jitsuAnalytics } = require("@jitsu/js");
    const jitsu = jitsuAnalytics({ host: url, writeKey: key });
    await jitsu.identify(user, { email });
    await jitsu.track("Order Completed", order);
    await jitsu.group("g1", { name: "Initech" });
  },
  async "snowplow-node"(method = "post") {
    const { newTracker, buildPageView, buildStructEvent } = require("@snowplow/node-tracker");
    const tracker = newTracker(
      { namespace: "cf", appId: key },
      { endpoint: address.hostname, port: Number(address.port), protocol: "http", eventMethod: method, bufferSize: 1 },
    );
    tracker.setUserId(user);
    tracker.track(buildPageView({ pageUrl: "https://x.example/", pageTitle: "Docs" }));
    tracker.track(buildStructEvent({ category: "shop", action: "add", value: 2.5 }));
    tracker.flush();
    await new Promise((done) => setTimeout(done, 1500));
  },
  async "snowplow-node-get"() {
    await clients["snowplow-node"]("get");
  },
};

function sendCalls(analytics) {
  analytics.track({ anonymousId: visitor, event: "Viewed" });
  analytics.identify({ userId: user, traits: { email } });
  analytics.track({ userId: user, event: "Order Completed", properties: order });
  analytics.page({ userId: user, name: "API", properties: { url: "https://x.example/" } });
  analytics.group({ userId: user, groupId: "g1", traits: { name: "Initech" } });
  analytics.alias({ userId: user, previousId: visitor });
}

function fail(error) {
  console.error("the client could not send:", error);
  process.exitCode = 1;
}

clients[client]().catch(fail);
