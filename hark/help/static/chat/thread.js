// The thread: messages in their order, days between them, how each of ours stands. What is not acknowledged stays at the end.
import { icon } from "./icons.js";

const NEAR = 300_000; // milliseconds between messages that stand together

export class Thread {
  #panel; #lines; #box; #known = new Map(); #waiting = new Map(); #seen = 0; #welcome; #stuck = true;

  constructor(panel) {
    this.#panel = panel;
    this.#lines = panel.dialog.querySelector(".lines");
    this.#box = this.#lines.parentElement;
    this.#welcome = panel.texts.welcome;
    // Who is at the end stays there while pictures arrive and cards unfold; who reads further up is not moved.
    let before = 0;
    this.#box.addEventListener("scroll", () => {
      const { scrollTop, scrollHeight, clientHeight } = this.#box;
      if (scrollHeight - scrollTop - clientHeight < 60) this.#stuck = true;
      else if (scrollTop < before) this.#stuck = false; // by the visitor: what grows below never scrolls up
      before = scrollTop;
    }, { passive: true });
    const watch = new ResizeObserver(() => { if (this.#stuck) this.toEnd(); });
    for (const part of [this.#box, ...this.#box.children]) watch.observe(part);
  }

  get size() {
    return this.#known.size + this.#waiting.size;
  }

  welcome(text) {
    this.#welcome = text;
    this.arranged();
  }

  clear() {
    this.#known.clear();
  }

  // Written here and on its way.
  mine(item) {
    this.#waiting.set(item.id, { ...item, mine: true, state: "sending", at: item.typed_at });
    this.arranged();
    this.toEnd();
  }

  acknowledged({ item }) {
    const held = this.#waiting.get(item.id);
    if (held) { held.state = "sent"; this.arranged(); }
  }

  refused({ item, why }) {
    const held = this.#waiting.get(item.id);
    if (held) { Object.assign(held, { state: "failed", why }); this.arranged(); }
  }

  // Whether it is new here.
  put(message) {
    const isNew = !this.#known.has(message.id);
    if (message.mine && message.client) this.#waiting.delete(message.client);
    this.#known.set(message.id, message);
    return isNew;
  }

  seen(position) {
    this.#seen = Math.max(this.#seen, position ?? 0);
  }

  newestOfTheirs() {
    return this.#sorted().findLast((message) => !message.mine);
  }

  theirsAfter(position) {
    return [...this.#known.values()].filter((message) => !message.mine && message.position > position).length;
  }

  arranged() {
    const all = [...this.#sorted(), ...this.#waiting.values()];
    const lines = [this.#welcomeLine()];
    let before;
    for (const message of all) {
      const day = new Date(message.at).toDateString();
      if (day !== before?.day) lines.push(this.#day(message.at));
      const together = before && before.mine === message.mine && before.by === message.by?.name && day === before.day && new Date(message.at) - before.at < NEAR;
      lines.push(this.#line(message, together));
      before = { day, mine: message.mine, by: message.by?.name, at: new Date(message.at) };
    }
    this.#status(lines, all);
    this.#replace(lines);
    if (this.#stuck) this.toEnd();
  }

  toEnd() {
    this.#stuck = true;
    this.#box.scrollTop = this.#box.scrollHeight;
  }

  // A moment as this visitor says it, in their own zone.
  when(at) {
    const moment = new Date(at), soon = moment - Date.now() < 6 * 86_400_000;
    const parts = soon ? { weekday: "long", hour: "numeric", minute: "2-digit" } : { day: "numeric", month: "long", hour: "numeric", minute: "2-digit" };
    return new Intl.DateTimeFormat(this.#panel.element.language, parts).format(moment);
  }

  #sorted() {
    return [...this.#known.values()].sort((a, b) => a.position - b.position);
  }

  // Only what differs is exchanged, so that a screen reader hears what is new and nothing twice.
  #replace(lines) {
    const old = new Map([...this.#lines.children].map((child) => [child.dataset.key, child]));
    let place = this.#lines.firstElementChild;
    for (const line of lines) {
      const there = old.get(line.dataset.key);
      old.delete(line.dataset.key);
      if (!there) { this.#lines.insertBefore(line, place); continue; }
      if (there === place) place = place.nextElementSibling;
      else this.#lines.insertBefore(there, place);
      if (there.className !== line.className || there.innerHTML !== line.innerHTML) {
        there.className = line.className;
        there.replaceChildren(...line.childNodes);
      }
    }
    for (const gone of old.values()) gone.remove();
  }

  #welcomeLine() {
    return this.#element("welcome", "line theirs first", `<div class="bubble"></div>`, (line) => { line.firstChild.textContent = this.#welcome; });
  }

  #day(at) {
    const { texts, element } = this.#panel;
    const date = new Date(at), days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86_400_000);
    const text = days === 0 ? texts.today : days === 1 ? texts.yesterday : new Intl.DateTimeFormat(element.language, { dateStyle: "medium" }).format(date);
    return this.#element(`day ${date.toDateString()}`, "day", "", (line) => { line.textContent = text; });
  }

  #line(message, together) {
    const kind = message.mine ? "mine" : "theirs";
    const line = this.#element(`m ${message.client ?? message.id}`, `line ${kind}${together ? "" : " first"}${message.state === "failed" ? " failed" : ""}`, "");
    if (!together && !message.mine) line.append(this.#who(message.by));
    if (message.mine) line.append(this.#span("unseen", `${this.#panel.texts.you}: `));
    for (const file of message.files ?? []) line.append(this.#file(file));
    if (message.text) line.append(this.#bubble(message));
    return line;
  }

  #bubble(message) {
    const bubble = document.createElement("div");
    bubble.className = /^\p{Extended_Pictographic}{1,3}$/u.test(message.text) ? "bubble large" : "bubble";
    bubble.dir = "auto";
    bubble.title = new Intl.DateTimeFormat(this.#panel.element.language, { timeStyle: "short" }).format(new Date(message.at));
    linked(bubble, message.text);
    return bubble;
  }

  #who(by) {
    const { texts } = this.#panel;
    const who = this.#span("who", by?.name || texts.person);
    if (by?.bot) who.append(this.#span("bot", texts.bot));
    return who;
  }

  #file(file) {
    const { texts, home } = this.#panel;
    if (!file.url) { const held = this.#span("file", file.name); held.insertAdjacentHTML("afterbegin", icon("file")); return held; }
    const link = document.createElement("a");
    link.href = home + file.url;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    if (file.shown) {
      link.className = "picture";
      link.innerHTML = `<img loading="lazy" decoding="async">`;
      link.firstChild.src = home + file.url;
      link.firstChild.alt = texts.picture.replace("{name}", file.name);
    } else {
      link.className = "file";
      link.download = file.name;
      link.innerHTML = `${icon("file")}<span></span>`;
      link.lastChild.textContent = file.name;
    }
    return link;
  }

  #status(lines, all) {
    const { texts } = this.#panel;
    const last = all.findLast((message) => message.mine);
    for (const message of all.filter((one) => one === last || one.state === "failed")) {
      const line = lines.find((one) => one.dataset.key === `m ${message.client ?? message.id}`);
      const seen = message.position && (message.position <= this.#seen || all.some((one) => !one.mine && one.position > message.position));
      const state = message.state === "failed" || message.state === "sending" ? message.state : seen ? "seen" : "sent";
      const mark = document.createElement("span");
      mark.className = `mark ${state}`;
      mark.innerHTML = icon({ sending: "clock", failed: "failed" }[state] ?? state);
      mark.append(state === "failed" && texts[message.why] ? texts[message.why] : texts[state]);
      line.append(mark);
    }
  }

  #element(key, name, html, then = () => {}) {
    const element = document.createElement("div");
    element.dataset.key = key;
    element.className = name;
    element.innerHTML = html;
    then(element);
    return element;
  }

  #span(name, text) {
    const span = document.createElement("span");
    span.className = name;
    span.textContent = text;
    return span;
  }
}

// Addresses become links; everything else is text and nothing but text.
function linked(place, text) {
  let at = 0;
  for (const match of text.matchAll(/https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/g)) {
    place.append(text.slice(at, match.index));
    const link = document.createElement("a");
    link.href = match[0];
    link.textContent = match[0];
    link.target = "_blank";
    link.rel = "noopener noreferrer nofollow";
    place.append(link);
    at = match.index + match[0].length;
  }
  place.append(text.slice(at));
}
