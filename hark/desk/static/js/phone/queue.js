// Acts that were done here: kept with an id before anything else happens, sent in order when there is a network, each once.
// The server knows the ids, so that an answer that got lost on its way is asked for again without doing it twice.
import { ask, Offline, SignedOut, refresh } from "./brief.js";
import { all, change, fact, get } from "./store.js";

const heard = new EventTarget();
const FIRST_WAIT = 2_000, LONGEST_WAIT = 60_000; // milliseconds
const AT_ONCE = 20;
let wait = FIRST_WAIT;
let timer;
export const state = { online: navigator.onLine, signedIn: true, sending: false };

export const listen = (act) => heard.addEventListener("change", act);
const tell = () => heard.dispatchEvent(new Event("change"));

// waiting → sending → done; or conflict, refused: both stay until somebody says what to do.
export async function enqueue(kind, thing, data = {}, blobs = []) {
  const me = await fact("me");
  const files = blobs.map(({ blob, name }) => ({ id: crypto.randomUUID(), name, type: blob.type, size: blob.size, blob }));
  const act = {
    id: crypto.randomUUID(), kind, of: thing.of, about: thing.id, seen: thing.position ?? 0, at: new Date().toISOString(),
    place: Date.now(), by: me?.id, state: "waiting", data, files: files.map(({ blob, ...file }) => file),
  };
  await change(["acts", "files"], (stores) => {
    for (const file of files) stores.files.put(file);
    stores.acts.put(act);
  });
  tell();
  flush();
  return act;
}

export const waiting = async () => (await all("acts")).sort((a, b) => a.place - b.place || (a.id < b.id ? -1 : 1));

export async function resolve(id, how) {
  const act = await get("acts", id);
  if (!act) return;
  await change(["acts", "files"], (stores) => {
    if (how === "drop") {
      stores.acts.delete(id);
      for (const file of act.files) stores.files.delete(file.id);
    } else {
      stores.acts.put({ ...act, state: "waiting", force: how === "mine", why: undefined });
    }
  });
  tell();
  flush();
}

export function flush() {
  clearTimeout(timer);
  return navigator.locks.request("hark-phone-send", { ifAvailable: true }, async (lock) => {
    if (!lock) return; // another tab is at it
    try {
      state.sending = true;
      while (await sendSome());
      await refresh();
      Object.assign(state, { online: true, signedIn: true });
      wait = FIRST_WAIT;
    } catch (error) {
      // Whatever came back that is no answer of ours counts as no network: a gate of a hotel, a page of a proxy.
      state.online = error instanceof SignedOut;
      if (state.online) state.signedIn = false;
      else later();
    } finally {
      state.sending = false;
      tell();
    }
  });
}

function later() {
  timer = setTimeout(flush, wait * (0.5 + Math.random()));
  wait = Math.min(wait * 2, LONGEST_WAIT);
}

async function sendSome() {
  const me = await fact("me");
  const acts = await waiting();
  // What stands behind a conflict about the same thing would be done out of order.
  const stuck = new Set(acts.filter((act) => act.state === "conflict" || act.state === "refused").map((act) => act.about));
  const next = acts.filter((act) => act.state === "waiting" && act.by === me?.id && !stuck.has(act.about)).slice(0, AT_ONCE);
  if (!next.length) return false;
  for (const act of next) if (!(await upload(act))) return true;
  const body = JSON.stringify(next.map(({ id, kind, of, about, seen, at, data, files, force }) => ({
    id, kind, of, about, seen, at, data, files: files.map((file) => file.id), force: Boolean(force),
  })));
  const answer = await ask("/phone/acts", { method: "POST", body, headers: { "Content-Type": "application/json" } });
  if (!answer.ok) throw new Offline(String(answer.status));
  await settle(next, await answer.json());
  return true;
}

async function settle(acts, results) {
  const byId = new Map(results.map((result) => [result.id, result]));
  const again = results.some((result) => result.state === "again");
  await change(["acts", "files"], (stores) => {
    for (const act of acts) {
      const result = byId.get(act.id);
      if (!result || result.state === "again") continue;
      stores.acts.put({ ...act, state: result.state, why: result.why, now: result.now, done: Date.now() });
      if (result.state === "done") for (const file of act.files) stores.files.delete(file.id);
    }
  });
  tell();
  if (again) throw new Offline("the server asks to come back");
}

// Whether all files of an act are at the server; where one is refused, so is its act.
async function upload(act) {
  for (const file of act.files) {
    if (file.sent) continue;
    const kept = await get("files", file.id);
    const query = new URLSearchParams({ name: file.name, type: file.type });
    const answer = await ask(`/phone/files/${file.id}?${query}`, { method: "POST", body: kept.blob, headers: { "Content-Type": "application/octet-stream" } });
    if (answer.status >= 500) throw new Offline(String(answer.status));
    if (!answer.ok) {
      await change(["acts"], ({ acts }) => acts.put({ ...act, state: "refused", why: "file" }));
      tell();
      return false;
    }
    file.sent = true;
    await change(["acts"], ({ acts }) => acts.put(act));
  }
  return true;
}

addEventListener("online", () => { state.online = true; wait = FIRST_WAIT; flush(); });
addEventListener("offline", () => { state.online = false; tell(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });
