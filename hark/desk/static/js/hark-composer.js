// <hark-composer>: the box one writes in. Shows what is sent at once, keeps what is begun on the server, warns before two
// answer, and lets nothing get lost when the line breaks.
import { act, Refused, toast } from "./desk-ask.js";
import { Attachments } from "./desk-attachments.js";
import { Suggestions } from "./desk-suggestions.js";
import { emoji } from "./desk-emoji.js";

const KEEP_AFTER = 600; // ms after the last key until the draft is kept
const AGAIN = 3000; // ms until a line that broke is tried again

customElements.define("hark-composer", class extends HTMLElement {
  #kept = { reply: "", note: "" };
  #touched = false;
  #sure = false;

  connectedCallback() {
    if (this.form) return;
    this.form = this.querySelector("form");
    this.box = this.querySelector("textarea");
    this.desk = this.closest("hark-desk");
    this.texts = this.desk.texts ?? JSON.parse(this.desk.dataset.texts);
    this.#kept = { reply: this.dataset.answer, note: this.dataset.note };
    this.files = new Attachments(this, () => this.#changed());
    this.suggestions = new Suggestions(this);
    emoji(this.querySelector("[data-emoji]"), (sign) => this.insert(sign));
    this.box.addEventListener("input", () => this.#changed());
    this.form.addEventListener("change", (event) => { if (event.target.name === "kind") this.#turn(event.target.value); });
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.send(event.submitter?.value ?? ""); });
    this.hiding = () => this.keepNow();
    window.addEventListener("pagehide", this.hiding);
    this.#placeholder();
  }

  disconnectedCallback() {
    window.removeEventListener("pagehide", this.hiding);
  }

  get kind() { return this.form.elements.kind.value; }
  get noting() { return this.kind === "note"; }
  get path() { return `/conversations/${this.dataset.conversation}`; }

  focus() { this.box.focus(); }

  begin(kind) {
    if (this.kind !== kind) {
      this.form.querySelector(`[name=kind][value=${kind}]`).checked = true;
      this.#turn(kind);
    }
    this.focus();
    this.box.setSelectionRange(this.box.value.length, this.box.value.length);
  }

  pick() { this.querySelector("input[type=file]").click(); }

  insert(text, from = this.box.selectionStart, to = this.box.selectionEnd) {
    this.box.setRangeText(text, from, to, "end");
    this.box.focus();
    this.#changed();
  }

  restore(text, files = []) {
    this.begin("reply");
    if (this.box.value.trim()) text = `${text}\n\n${this.box.value}`;
    this.box.value = text;
    this.files.put(files);
    this.#changed();
  }

  // New messages came into the thread: a colleague's answer is worth a word before mine goes out.
  came(added) {
    const own = `member:${this.desk.dataset.me}`;
    const answer = added.find((one) => one.matches(".message.out:not(.echo)") && one.dataset.author?.startsWith("member:") && one.dataset.author !== own);
    if (answer && this.#touched && !this.noting) {
      this.answered = answer.querySelector(".author")?.textContent || this.texts.they;
      this.#warn(this.texts.answered.replace("{name}", this.answered));
    }
  }

  async send(then) {
    const text = this.box.value;
    if (!text.trim() && !this.files.length) return this.focus();
    if (this.files.busy) return;
    const rival = this.noting ? undefined : this.desk.presence?.rival;
    if ((rival || this.answered) && !this.#sure) {
      this.#sure = true;
      return this.#warn((rival ? this.texts.collision : this.texts.answered).replace("{name}", rival ?? this.answered));
    }
    const fields = new FormData(this.form);
    fields.delete("files");
    fields.set("then", then);
    fields.set("key", crypto.randomUUID());
    const echo = this.#echo(text);
    const before = { text, files: this.files.all };
    this.#empty();
    await this.#deliver(fields, echo, before, then);
  }

  async #deliver(fields, echo, before, then) {
    const path = this.path, desk = this.desk;
    try {
      const said = await act(`${path}/answer`, fields);
      echo.dataset.key = `message-${said.id}`;
      echo.id = `message-${said.id}`;
      desk.refreshThread();
      desk.refreshList();
      if (said.undo) toast(said.notice, { words: this.texts.undo, act: () => desk.run(said.undo, {}, { quiet: true }) });
      if (then === "close") desk.step(1);
    } catch (error) {
      if (!(error instanceof Refused)) {
        // The line is broken. The key makes sure that it is said once, however often it is tried.
        echo.querySelector("footer").textContent = this.texts.lost;
        return setTimeout(() => this.#deliver(fields, echo, before, then), AGAIN);
      }
      echo.remove();
      toast(error.message, undefined, true);
      if (this.isConnected) this.restore(before.text, before.files);
    }
  }

  keepNow() {
    clearTimeout(this.keeping);
    if (!this.#touched) return;
    this.#touched = false;
    const fields = new FormData(this.form);
    for (const name of ["files", "then", "key"]) fields.delete(name);
    this.#saved(fields);
  }

  async #saved(fields) {
    const place = this.querySelector("[data-kept]");
    try {
      // Goes on when the page is left.
      await act(`${this.path}/draft`, fields, { keepalive: true });
      place.textContent = this.box.value.trim() ? place.dataset.words : "";
    } catch (error) {
      if (!(error instanceof Refused)) { this.#touched = true; this.keeping = setTimeout(() => this.keepNow(), AGAIN); }
    }
  }

  #changed() {
    this.#touched = true;
    this.#kept[this.kind] = this.box.value;
    clearTimeout(this.keeping);
    this.keeping = setTimeout(() => this.keepNow(), KEEP_AFTER);
    if (this.box.value.trim()) this.desk.presence?.types(this.noting);
    this.suggestions.look();
  }

  #turn(kind) {
    const other = kind === "note" ? "reply" : "note";
    this.#kept[other] = this.box.value;
    this.box.value = this.#kept[kind] ?? "";
    this.classList.toggle("noting", kind === "note");
    this.#placeholder();
    this.#warn("");
    this.focus();
  }

  #placeholder() {
    this.plain ??= this.box.placeholder;
    this.box.placeholder = this.noting ? this.box.dataset.notePlaceholder : this.plain;
  }

  #warn(words) {
    const place = this.querySelector("[data-warning]");
    place.hidden = !words;
    place.textContent = words;
  }

  #empty() {
    clearTimeout(this.keeping);
    this.#touched = this.#sure = false;
    this.answered = undefined;
    this.#kept[this.kind] = "";
    this.box.value = "";
    this.files.clear();
    this.#warn("");
    this.querySelector("[data-kept]").textContent = "";
    this.focus();
  }

  // What was written stands in the thread before the server has heard of it.
  #echo(text) {
    const echo = document.createElement("article");
    echo.className = `message ${this.noting ? "note" : "out"} echo`;
    const bubble = Object.assign(document.createElement("div"), { className: "bubble" });
    bubble.append(Object.assign(document.createElement("p"), { className: "said", textContent: text, dir: "auto" }));
    const foot = document.createElement("footer");
    foot.textContent = this.texts.sending;
    echo.append(bubble, foot);
    const stream = this.desk.stream;
    stream.append(echo);
    stream.scrollTop = stream.scrollHeight;
    return echo;
  }
});
