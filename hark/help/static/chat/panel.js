// The panel of <hark-chat>: header, thread, forms, composer; what it knows comes from its line.
import { Composer } from "./composer.js";
import { contactForm, ratingCard, transcriptForm } from "./forms.js";
import { icon } from "./icons.js";
import { Line } from "./line.js";
import { Queue } from "./queue.js";
import { Store } from "./store.js";
import { Thread } from "./thread.js";
import { fill, words } from "./words.js";

export async function mount(element, root, settings, home, told) {
  const [texts, sheet] = await Promise.all([
    import(`./texts/${element.language}.js`).then((module) => module.default),
    fetch(new URL("panel.css", import.meta.url)).then((answer) => answer.text()),
  ]);
  const style = new CSSStyleSheet();
  style.replaceSync(sheet);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, style];
  return new Panel(element, root, settings, home, words(texts, settings, element.language)).start(told);
}

class Panel {
  #open = false;
  #left = false;
  #conversation;
  #typingAt = 0;
  #typingTimer;

  constructor(element, root, settings, home, texts) {
    Object.assign(this, { element, root, settings, home, texts });
    this.store = new Store(settings.source);
    this.line = new Line(element, settings, home);
    this.#draw();
    this.thread = new Thread(this);
    this.composer = new Composer(this);
    this.queue = new Queue(this);
    this.line.addEventListener("hello", (event) => this.#greeted(event.detail));
    this.line.addEventListener("changes", (event) => this.#changed(event.detail));
    this.line.addEventListener("ack", (event) => this.thread.acknowledged(event.detail));
    this.line.addEventListener("refused", (event) => this.thread.refused(event.detail));
    this.line.addEventListener("typing", (event) => this.#types(event.detail));
    this.line.addEventListener("state", () => this.#state());
    document.addEventListener("visibilitychange", () => this.#read());
  }

  async start(told) {
    for (const item of this.line.outbox) if (item.is === "message") this.thread.mine(item);
    await this.line.start(told);
    return this;
  }

  open() {
    this.#open = true;
    this.dialog.hidden = false;
    document.documentElement.toggleAttribute("data-hark-chat-open", true);
    this.thread.toEnd();
    this.#read();
    (this.dialog.querySelector("form.before input, form.before select") ?? this.composer.field).focus({ preventScroll: true });
  }

  close() {
    this.#open = false;
    this.dialog.hidden = true;
    document.documentElement.toggleAttribute("data-hark-chat-open", false);
  }

  say(text, files = []) {
    const item = { is: "message", text, page: { url: location.href.slice(0, 500), title: document.title.slice(0, 200) } };
    if (files.length) item.files = files;
    const contact = this.store.read().contact;
    if (contact && !this.thread.size) item.contact = contact;
    if (this.#conversation) item.conversation = this.#conversation.id;
    this.thread.mine(this.line.say(item));
    this.#typingAt = 0;
    this.element.dispatchEvent(new CustomEvent("hark-chat-message", { bubbles: true, detail: { mine: true } }));
  }

  again(item) {
    this.thread.mine(this.line.say({ ...item, id: undefined }));
  }

  get looking() {
    return this.#open && !document.hidden;
  }

  typing() {
    if (!this.#conversation || Date.now() - this.#typingAt < 3000) return;
    this.#typingAt = Date.now();
    this.line.mention({ typing: this.#conversation.id });
  }

  forget() {
    this.queue.stop();
    this.line.close();
    this.store.forget();
    this.dialog.remove();
  }

  #draw() {
    const { texts } = this;
    const box = document.createElement("div");
    box.innerHTML = `<section class="panel" role="dialog" aria-labelledby="title" hidden>
      <header><div class="faces" aria-hidden="true"></div><div class="grow"><h2 id="title"></h2><p class="about"></p></div>
        <details class="more"><summary>${icon("more")}</summary><div class="menu"></div></details>
        <button type="button" class="shut">${icon("close")}</button></header>
      <p class="state" role="status"></p><section class="queue" hidden></section>
      <div class="scroll"><div class="lines" role="log" aria-live="polite" tabindex="0"></div><p class="types" aria-live="polite"></p><div class="card"></div></div>
      <div class="foot"></div></section>`;
    this.dialog = box.firstElementChild;
    this.dialog.dataset.corner = this.settings.corner;
    const find = (selector) => this.dialog.querySelector(selector);
    find("h2").textContent = texts.title;
    find(".shut").setAttribute("aria-label", texts.close);
    find(".shut").addEventListener("click", () => this.element.close());
    find(".more summary").setAttribute("aria-label", texts.menu);
    find(".lines").setAttribute("aria-label", texts.conversation);
    this.dialog.addEventListener("keydown", (event) => this.#key(event));
    if (this.settings.transcript) this.#addToMenu(texts.transcript, () => this.#card(transcriptForm(this)));
    else find(".more").hidden = true;
    this.root.append(this.dialog);
  }

  #addToMenu(text, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.addEventListener("click", () => { this.dialog.querySelector(".more").open = false; act(); });
    this.dialog.querySelector(".menu").append(button);
  }

  #greeted(told) {
    this.#left = !told.open;
    const welcome = told.open ? this.texts.welcome : this.texts.away;
    this.thread.welcome(told.greeting?.text ?? welcome);
    this.about(told.open ? this.texts.soon : told.opens ? fill(this.texts.back, { when: this.thread.when(told.opens) }) : "");
    const asks = this.#questions();
    const contact = this.store.read().contact ?? {};
    if (asks.length && !told.changes.length && !asks.every((one) => contact[one.name] || !one.required && this.store.read().asked)) this.#ask(asks);
  }

  // While nobody is there an address is asked for, or the answer could not reach them.
  #questions() {
    const asks = this.settings.questions.map((one) => (this.#left && one.name === "email" ? { ...one, required: true } : one));
    if (this.#left && !asks.some((one) => one.name === "email") && !this.store.read().known) asks.push({ name: "email", required: true });
    return asks;
  }

  #ask(asks) {
    const form = contactForm(this, asks, this.#left, (contact) => {
      this.store.keep({ contact, asked: true, name: contact.name });
      form.remove();
      this.composer.show();
      this.composer.field.focus();
    });
    this.composer.hide();
    this.dialog.querySelector(".foot").append(form);
  }

  about(text) {
    this.dialog.querySelector(".about").textContent = text;
  }

  #changed({ changes, fresh }) {
    if (fresh) this.thread.clear();
    for (const change of changes) {
      if (change.kind === "message") this.#message(change, fresh);
      else if (change.kind === "conversation") this.#stands(change);
    }
    this.thread.arranged();
    this.#read();
  }

  #message(change, fresh) {
    const isNew = this.thread.put(change);
    if (!isNew || change.mine || fresh) return;
    this.#types({ typing: null });
    this.element.dispatchEvent(new CustomEvent("hark-chat-message", { bubbles: true, detail: { mine: false } }));
  }

  #stands(change) {
    this.#conversation = change;
    this.thread.seen(change.seen);
    this.#faces(change.with);
    if (change.with) this.about(fill(this.texts.with, { name: change.with }));
    this.queue.follow(change.status === "open" && !change.with ? change.id : undefined);
    const over = change.status === "closed";
    if (over && this.settings.rating && change.asks && !change.rating) this.#card(ratingCard(this, change.id), "rating");
    else if (over && !this.settings.rating) this.#note(this.texts.ended);
    else if (!over) this.#card(null, "rating");
  }

  #faces(name) {
    const letters = (name ?? "").split(/\s+/).map((word) => word[0] ?? "").slice(0, 2).join("").toUpperCase();
    this.dialog.querySelector(".faces").textContent = letters;
  }

  #card(card, name = "asked") {
    const place = this.dialog.querySelector(".card");
    if (!card) { if (place.dataset.name === name) place.replaceChildren(); return; }
    if (name === "rating" && place.dataset.name === "rating" && place.firstChild) return;
    place.dataset.name = name;
    place.replaceChildren(card);
    if (name === "asked") card.querySelector("input")?.focus();
    this.thread.toEnd();
  }

  #note(text) {
    const note = document.createElement("p");
    note.className = "note";
    note.textContent = text;
    this.#card(note, "rating");
  }

  #types(said) {
    clearTimeout(this.#typingTimer);
    const place = this.dialog.querySelector(".types");
    place.replaceChildren();
    if (!said.typing) return;
    place.innerHTML = `<span class="dots" aria-hidden="true"><i></i><i></i><i></i></span><span class="unseen"></span>`;
    place.lastChild.textContent = said.name ? fill(this.texts.typing, { name: said.name }) : this.texts.typing_somebody;
    this.#typingTimer = setTimeout(() => place.replaceChildren(), 8000);
  }

  #state() {
    const away = this.line.state === "offline" && !!(this.thread.size || this.line.outbox.length || !navigator.onLine);
    this.dialog.querySelector(".state").textContent = away ? this.texts.offline : "";
    this.dialog.dataset.line = this.line.state;
  }

  #read() {
    const newest = this.thread.newestOfTheirs();
    const kept = this.store.read().read ?? 0;
    if (this.looking) {
      if (newest && newest.position > kept) {
        this.store.keep({ read: newest.position });
        this.line.mention({ say: { is: "read", conversation: newest.conversation, until: newest.position, id: `${newest.conversation}-${newest.position}` } });
      }
      this.element.unread(0);
    } else this.element.unread(this.thread.theirsAfter(kept));
  }

  #key(event) {
    if (event.key === "Escape") {
      event.stopPropagation();
      const open = this.dialog.querySelector("details[open]");
      if (open) { open.open = false; open.querySelector("summary").focus(); } else this.element.close();
    } else if (event.key === "Tab") this.#trap(event);
  }

  // Tab stays inside while the panel is open; Escape leaves it.
  #trap(event) {
    const stops = [...this.dialog.querySelectorAll("button, [href], input, textarea, select, summary, [tabindex='0']")].filter((one) => !one.disabled && one.getClientRects().length);
    const at = stops.indexOf(this.root.activeElement);
    if (event.shiftKey ? at <= 0 : at === stops.length - 1) {
      event.preventDefault();
      stops.at(event.shiftKey ? -1 : 0).focus();
    }
  }
}
