// The primed list: fetched whole, put in place in one transaction. A refresh that fails leaves everything as it was.
import { all, change, fact } from "./store.js";

export class SignedOut extends Error {}
export class Offline extends Error {}

// Every request of the app: told apart are a network that is away, and a session that has ended.
export async function ask(path, options = {}) {
  const token = await fact("token");
  const headers = { "Hark-Fragment": "brief", "X-Form-Token": token ?? "", ...options.headers };
  let answer;
  try {
    answer = await fetch(path, { ...options, headers, redirect: "manual", signal: AbortSignal.timeout(20_000) });
  } catch (error) {
    throw new Offline(error.message);
  }
  if (answer.status === 401 || answer.type === "opaqueredirect") throw new SignedOut();
  if (answer.status === 502 || answer.status === 503 || answer.status === 504 || answer.status === 429) throw new Offline(String(answer.status));
  return answer;
}

export async function refresh() {
  const etag = await fact("etag");
  const answer = await ask("/phone/brief", { cache: "no-store", headers: etag ? { "If-None-Match": etag } : {} });
  if (answer.status === 304) return touch();
  if (!answer.ok) throw new Offline(String(answer.status));
  const brief = await answer.json();
  if (!Array.isArray(brief.conversations) || !Array.isArray(brief.cases) || !brief.me) throw new Offline("no brief");
  await keep(brief, answer.headers.get("etag"));
}

const touch = () => change(["facts"], ({ facts }) => facts.put({ name: "refreshed", value: Date.now() }));

async function keep(brief, etag) {
  const [things, acts, me] = await Promise.all([all("things"), all("acts"), fact("me")]);
  const held = new Set(acts.map((act) => `${act.of}:${act.about}`)); // what somebody still has an act for stays
  const fresh = [
    ...brief.conversations.map((one) => ({ ...one, key: `conversation:${one.id}`, of: "conversation" })),
    ...brief.cases.map((one) => ({ ...one, key: `case:${one.id}`, of: "case" })),
  ];
  const keys = new Set(fresh.map((one) => one.key));
  const another = me && me.id !== brief.me.id; // somebody else signed in on this phone: nothing of the first is shown
  const known = new Set(brief.done);
  await change(["things", "acts", "facts"], (stores) => {
    for (const thing of things) if (another || (!keys.has(thing.key) && !held.has(thing.key))) stores.things.delete(thing.key);
    for (const thing of fresh) stores.things.put(thing);
    for (const act of acts) if (act.state === "done" && (known.has(act.id) || act.done < Date.now() - 60_000)) stores.acts.delete(act.id);
    for (const [name, value] of Object.entries({ me: brief.me, token: brief.token, etag, members: brief.members, refreshed: Date.now() })) {
      stores.facts.put({ name, value });
    }
  });
}
