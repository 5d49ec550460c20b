// One line to the server for a whole page: modules watch topics and hear what changed since the page was rendered.
//
//   import { watch, tell } from "./live.js";
//   const stop = watch("conversation:…", (change) => …, { presence: (who) => …, reset: () => location.reload() });
//   tell("conversation:…", "typing");
//
// A WebSocket first; server-sent events where none can be opened. After a lost line everything missed comes again, once.
const watchers = new Map(); // topic -> set of {change, presence, reset, position}
let position = Number(document.documentElement.dataset.position ?? 0);
let failures = 0;
let socket, source, soon;

export function watch(topic, change, more = {}) {
  const watcher = { change, ...more };
  if (!watchers.has(topic)) watchers.set(topic, new Set());
  watchers.get(topic).add(watcher);
  if (watchers.get(topic).size === 1) added(topic, more.since);
  return () => {
    watchers.get(topic)?.delete(watcher);
    if (watchers.get(topic)?.size) return;
    watchers.delete(topic);
    send({ unwatch: [topic] });
  };
}

// "typing", "noting", "viewing" or "left"; say it again every few seconds while it lasts.
export function tell(topic, kind) {
  if (send({ tell: topic, kind })) return;
  const token = document.querySelector("input[name=form_token]")?.value ?? "";
  fetch("/live/tell", { method: "POST", headers: { "x-form-token": token }, body: new URLSearchParams({ topic, kind }) }).catch(() => {});
}

export const seen = () => position;

function added(topic, since) {
  if (source) return stream();
  if (!send({ watch: [topic], since: since ?? position })) soon ??= setTimeout(open, 0);
}

function send(message) {
  if (socket?.readyState !== WebSocket.OPEN) return false;
  socket.send(JSON.stringify(message));
  return true;
}

const query = () => `topics=${encodeURIComponent([...watchers.keys()].join(","))}&since=${position}`;

function open() {
  soon = undefined;
  if (socket || source || !watchers.size) return;
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  let asked = [...watchers.keys()];
  const mine = socket = new WebSocket(`${scheme}://${location.host}/live?${query()}`);
  mine.addEventListener("open", () => {
    const later = [...watchers.keys()].filter((topic) => !asked.includes(topic));
    if (later.length) send({ watch: later, since: position });
    document.documentElement.dataset.live = "on";
  });
  mine.addEventListener("message", (message) => { failures = 0; hear(JSON.parse(message.data)); });
  mine.addEventListener("close", (event) => again(event.code));
}

function again(code) {
  socket = undefined;
  document.documentElement.dataset.live = "off";
  if (code === 4401 || code === 4403) return; // signed out
  failures += 1;
  if (failures === 3) return stream();
  soon ??= setTimeout(open, Math.min(500 * 2 ** failures, 15000) * (0.5 + Math.random()));
}

function stream() {
  source?.close();
  // EventSource comes back by itself and says where it stopped.
  source = new EventSource(`/live/events?${query()}`);
  source.addEventListener("message", (message) => hear(JSON.parse(message.data)));
}

function hear(frame) {
  if (frame.refused) return;
  if (frame.by) return each(frame.topic, (watcher) => watcher.presence?.(frame));
  if (frame.reset) for (const topic of watchers.keys()) each(topic, (watcher) => watcher.reset?.());
  if (frame.topic) each(frame.topic, (watcher) => watcher.change(frame)); // pages: look again
  for (const change of frame.changes) each(change.topic, (watcher) => watcher.change(change, frame.position));
  position = Math.max(position, frame.position);
}

function each(topic, act) {
  for (const watcher of watchers.get(topic) ?? []) act(watcher);
}
