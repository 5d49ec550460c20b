// <hark-desk>: the inbox without page loads. Links and forms stay what they are; this fetches the blocks that they would lead
// to, shows them at once, and keeps them true while somebody looks.
import "./hark-composer.js";
import "./hark-undo.js";
import { act, block, Refused, toast } from "./desk-ask.js";
import { Keys } from "./desk-keys.js";
import { follow, gently } from "./desk-live.js";
import { morph, parts } from "./desk-morph.js";
import { Presence } from "./desk-presence.js";

const FRESH = 15000; // ms for which a thread that was fetched ahead is shown without asking first
const AHEAD = 90; // ms that one points at a line before its thread is fetched

customElements.define("hark-desk", class extends HTMLElement {
  #ahead = new Map(); // path -> {at, html}
  #stops = [];
  #asked = 0;

  connectedCallback() {
    this.texts = JSON.parse(this.dataset.texts);
    this.rows = this.querySelector("[data-rows]");
    this.keys = new Keys(this);
    this.refreshList = gently(() => this.#fetchList());
    this.refreshThread = gently(() => this.#fetchThread(), 60);
    this.addEventListener("click", (event) => this.#click(event));
    this.addEventListener("submit", (event) => this.#submit(event));
    this.addEventListener("pointerover", (event) => this.#point(event));
    this.addEventListener("toggle", (event) => this.#unfold(event), true);
    window.addEventListener("popstate", () => this.#back());
    const stops = [follow("inbox", this.refreshList), follow("queue", this.#queued)];
    this.stopInbox = () => stops.forEach((stop) => stop());
    this.#opened();
  }

  disconnectedCallback() {
    this.stopInbox();
    this.#closed();
  }

  // A call that became somebody's, or was made: on top of the list, and at the head of its conversation.
  #queued = (change) => {
    if (change?.ticket && change.ticket.kind !== "callback") return;
    this.refreshList();
    this.refreshThread();
  };

  get opened() { return this.dataset.opened; }
  get composer() { return this.querySelector("hark-composer"); }
  get stream() { return this.querySelector("[data-stream]"); }
  get lines() { return [...this.rows.querySelectorAll("[data-line]")]; }
  get here() { return this.lines.find((line) => line.dataset.line === this.opened); }

  // Going from one conversation to another.

  async open(path, { push = true, focus = false } = {}) {
    const mine = ++this.#asked;
    const known = this.#ahead.get(path);
    if (known) this.#show(known.html, path, push);
    if (known && Date.now() - known.at < FRESH) { if (focus) this.composer?.focus(); return; }
    try {
      const html = await block(path, "open");
      this.#ahead.set(path, { at: Date.now(), html });
      if (mine !== this.#asked) return;
      if (known) return this.refreshThread();
      this.#show(html, path, push);
      if (focus) this.composer?.focus();
    } catch { location.assign(path); }
  }

  step(by) {
    const lines = this.lines;
    const from = lines.indexOf(document.activeElement?.closest?.("[data-line]") ?? this.here);
    const next = lines[Math.max(0, Math.min(lines.length - 1, from < 0 ? 0 : from + by))];
    if (!next) return;
    next.scrollIntoView({ block: "nearest" });
    next.focus({ preventScroll: true });
    this.open(next.getAttribute("href"));
    const after = lines[lines.indexOf(next) + by];
    if (after) this.#fetchAhead(after.getAttribute("href"));
  }

  toList() {
    this.classList.remove("reads");
    (this.here ?? this.lines[0])?.focus();
    history.pushState({}, "", `/inbox?${this.dataset.view}`);
    this.#closed();
    this.dataset.opened = "";
    this.here?.removeAttribute("aria-current");
  }

  #show(html, path, push) {
    const { conversation, beside } = parts(html);
    if (!conversation) return location.assign(path);
    this.#closed();
    this.querySelector("[data-part=conversation]").replaceChildren(conversation.cloneNode(true));
    this.querySelector("[data-part=beside]").replaceChildren(beside.cloneNode(true));
    this.dataset.opened = path.match(/conversations\/([^?/]+)/)?.[1] ?? "";
    for (const line of this.lines) line.toggleAttribute("aria-current", false);
    this.here?.setAttribute("aria-current", "true");
    this.classList.add("reads");
    if (push) history.pushState({}, "", path);
    document.title = `${this.querySelector(".thread-who h2")?.textContent.trim() ?? ""} · Hark`;
    this.#opened();
  }

  #opened() {
    if (!this.opened) return;
    const topic = `conversation:${this.opened}`;
    this.presence = new Presence(this.querySelector("[data-company]"), topic, this.texts, this.dataset.me);
    this.#stops = [follow(topic, this.refreshThread, (frame) => this.presence?.heard(frame))];
    this.toEnd();
    this.#seen();
  }

  #closed() {
    this.composer?.keepNow();
    this.presence?.end();
    this.presence = undefined;
    for (const stop of this.#stops) stop();
    this.#stops = [];
  }

  #back() {
    const path = location.pathname + location.search;
    if (path.startsWith("/conversations/")) this.open(path, { push: false });
    else location.reload();
  }

  toEnd() {
    const stream = this.stream;
    if (!stream) return;
    const found = location.hash && stream.querySelector(CSS.escape ? `#${CSS.escape(location.hash.slice(1))}` : location.hash);
    if (found) found.scrollIntoView({ block: "center" });
    else stream.scrollTop = stream.scrollHeight;
  }

  async #fetchAhead(path) {
    const known = this.#ahead.get(path);
    if (known && Date.now() - known.at < FRESH) return;
    try { this.#ahead.set(path, { at: Date.now(), html: await block(path, "open") }); } catch { /* it is fetched when it is opened */ }
    if (this.#ahead.size > 40) this.#ahead.delete(this.#ahead.keys().next().value);
  }

  // Keeping true what is shown.

  async #fetchList() {
    if (document.hidden) return document.addEventListener("visibilitychange", this.refreshList, { once: true });
    const path = this.opened ? `/conversations/${this.opened}?${this.dataset.view}` : location.pathname + location.search;
    const { rows, counts } = parts(await block(path, "sides"));
    if (rows) morph(this.rows, rows);
    const looks = this.querySelector(".looks");
    if (counts && looks && !looks.contains(document.activeElement)) morph(looks, counts);
  }

  async #fetchThread() {
    if (!this.opened) return;
    const id = this.opened, path = location.pathname + location.search;
    const { head, stream, beside } = parts(await block(path, "thread"));
    if (id !== this.opened || !stream) return;
    this.#ahead.delete(path);
    const place = this.stream;
    const atEnd = place.scrollHeight - place.scrollTop - place.clientHeight < 80;
    const added = morph(place, stream);
    if (atEnd && added.length) place.scrollTop = place.scrollHeight;
    const old = this.querySelector(".thread-head");
    if (head && !old.querySelector("details[open]") && !old.contains(document.activeElement)) old.replaceWith(head);
    const person = this.querySelector("[data-part=beside]");
    if (beside && !person.contains(document.activeElement)) morph(person, beside);
    this.composer?.came(added);
    if (added.some((one) => one.matches(".message.in"))) this.#seen();
  }

  // What was looked at for a moment has been read.
  #seen() {
    clearTimeout(this.seeing);
    const id = this.opened;
    this.seeing = setTimeout(() => {
      if (document.hidden || id !== this.opened || !this.here?.classList.contains("unread")) return;
      const until = this.stream?.dataset.until;
      act(`/conversations/${id}/read`, { until: until ?? 0 }).catch(() => {});
      this.here.classList.remove("unread");
      this.here.querySelector(".new-mark")?.remove();
    }, 400);
  }

  // What somebody does.

  #click(event) {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest("a[href]");
    if (!link) return;
    if (link.matches(".show-person, .close-person")) { event.preventDefault(); this.classList.toggle("shows-person"); return; }
    if (link.matches(".back")) { event.preventDefault(); this.toList(); return; }
    if (!link.getAttribute("href").startsWith("/conversations/") || /\/(merge|split)\b/.test(link.getAttribute("href"))) return;
    if (link.target || link.hasAttribute("download") || link.matches("[data-earlier]")) return;
    event.preventDefault();
    this.open(link.getAttribute("href"));
  }

  #point(event) {
    const line = event.target.closest?.("[data-line]");
    if (line === this.pointed) return;
    this.pointed = line;
    clearTimeout(this.pointing);
    if (line) this.pointing = setTimeout(() => this.#fetchAhead(line.getAttribute("href")), AHEAD);
  }

  async #submit(event) {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.closest("hark-composer") || form.matches(".save-view")) return;
    const path = new URL(form.action).pathname + new URL(form.action).search;
    if (!/^\/(conversations|messages)\//.test(path)) return;
    event.preventDefault();
    form.closest("details.pop")?.removeAttribute("open");
    for (const button of form.querySelectorAll("button")) setTimeout(() => button.removeAttribute("aria-disabled"));
    await this.run(path, new FormData(form, event.submitter));
  }

  // Does it, shows at once what follows from it, and offers the way back.
  async run(path, fields, { quiet = false } = {}) {
    const leaves = /\/(close|snooze)\b/.test(path) && path.includes(this.opened);
    const line = leaves ? this.here : undefined;
    if (line && !/view=(all|closed|snoozed)/.test(this.dataset.view)) line.classList.add("leaving");
    try {
      const said = await act(path, fields);
      if (said.text !== undefined) await this.#takenBack(said);
      if (/\/unread\b/.test(path)) this.toList();
      if (said.notice && !quiet) toast(said.notice, said.undo && { words: this.texts.undo, act: () => this.run(said.undo, {}, { quiet: true }) });
      this.refreshThread();
      this.refreshList();
      return true;
    } catch (error) {
      line?.classList.remove("leaving");
      toast(error instanceof Refused ? error.message : this.texts.lost, undefined, true);
      return false;
    }
  }

  // The text goes back to where it was written; elsewhere the box that opens has it as a draft.
  async #takenBack(said) {
    if (!said.conversation || said.conversation === this.opened) return this.composer?.restore(said.text, said.files);
    const path = `/conversations/${said.conversation}?${this.dataset.view}`;
    this.#ahead.delete(path);
    await this.open(path, { focus: true });
  }

  // The message as it came, in a frame that runs nothing, once it is asked for.
  #unfold(event) {
    const place = event.target.open && event.target.querySelector?.("[data-frame]");
    if (!place || place.querySelector("iframe")) return;
    const frame = document.createElement("iframe");
    frame.src = place.dataset.frame;
    frame.title = place.dataset.title;
    // Of our origin, so that pictures that came along are given out and its height can be read; its policy runs nothing.
    frame.setAttribute("sandbox", "allow-same-origin allow-popups allow-popups-to-escape-sandbox");
    frame.referrerPolicy = "no-referrer";
    frame.addEventListener("load", () => { frame.height = Math.min((frame.contentDocument?.documentElement.scrollHeight ?? 300) + 4, 1200); });
    place.replaceChildren(frame);
  }
});
