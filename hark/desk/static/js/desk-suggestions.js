// What the box offers while one writes: `/` canned answers in the person's language, `@` colleagues in a note.
import { act } from "./desk-ask.js";
import { ranked } from "./fuzzy.js";

const MOST = 8;
const asked = new Map(); // conversation -> answers

export class Suggestions {
  #shown = [];
  #chosen = 0;

  constructor(composer) {
    Object.assign(this, { composer, box: composer.box, list: composer.querySelector("[role=listbox]") });
    this.box.addEventListener("keydown", (event) => this.#key(event));
    this.box.addEventListener("blur", () => setTimeout(() => { if (document.activeElement !== this.box) this.#show([]); }, 150));
    this.list.addEventListener("pointerdown", (event) => {
      const item = event.target.closest("li");
      if (item) { event.preventDefault(); this.#take(this.#shown[[...this.list.children].indexOf(item)]); }
    });
    composer.querySelector("[data-canned]")?.addEventListener("click", (event) => {
      event.preventDefault();
      composer.insert(this.box.value && !/\s$/.test(this.box.value) ? "\n/" : "/");
    });
  }

  async look() {
    const before = this.box.value.slice(0, this.box.selectionStart);
    const canned = before.match(/(?:^|\s)\/([\p{L}\p{N}_-]{0,40})$/u);
    const call = this.composer.noting && before.match(/(?:^|\s)@([\p{L}\p{N}._-]{0,40})$/u);
    if (call) return this.#show(this.#colleagues(call[1]), call[1].length + 1);
    if (!canned) return this.#show([]);
    const all = await this.#canned();
    const now = this.box.value.slice(0, this.box.selectionStart);
    if (now === before) this.#show(ranked(all, canned[1], (one) => `${one.shortcut} ${one.title}`).slice(0, MOST), canned[1].length + 1);
  }

  async #canned() {
    const id = this.composer.dataset.conversation;
    if (!asked.has(id)) {
      const answer = await fetch(`/conversations/${id}/canned.json`);
      asked.set(id, answer.ok ? await answer.json() : []);
    }
    return asked.get(id);
  }

  #colleagues(words) {
    const names = JSON.parse(this.composer.dataset.members);
    return ranked(names.map((name) => ({ name })), words, (one) => one.name).slice(0, MOST);
  }

  #show(items, length = 0) {
    this.#shown = items;
    this.length = length;
    this.#chosen = 0;
    this.list.hidden = !items.length;
    this.list.replaceChildren(...items.map((one, index) => line(one, index)));
    this.#mark();
  }

  #mark() {
    for (const [index, item] of [...this.list.children].entries()) item.setAttribute("aria-selected", String(index === this.#chosen));
    const item = this.list.children[this.#chosen];
    if (item) this.box.setAttribute("aria-activedescendant", item.id);
    else this.box.removeAttribute("aria-activedescendant");
    item?.scrollIntoView({ block: "nearest" });
  }

  #key(event) {
    if (this.list.hidden) return;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (steps[event.key]) this.#chosen = (this.#chosen + steps[event.key] + this.#shown.length) % this.#shown.length;
    else if (event.key === "Enter" || event.key === "Tab") this.#take(this.#shown[this.#chosen]);
    else if (event.key === "Escape") this.#show([]);
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.#mark();
  }

  #take(one) {
    if (!one) return;
    const to = this.box.selectionStart, from = to - this.length;
    this.#show([]);
    this.composer.insert(one.name ? `@${one.name} ` : one.text, from, to);
    if (one.id) act(`/canned-answers/${one.id}/used`).catch(() => {});
  }
}

function line(one, index) {
  const item = Object.assign(document.createElement("li"), { id: `suggestion-${index}` });
  item.setAttribute("role", "option");
  if (one.name) item.append(`@${one.name}`);
  else {
    item.append(Object.assign(document.createElement("code"), { textContent: `/${one.shortcut}` }), Object.assign(document.createElement("span"), { textContent: one.title }));
    item.append(Object.assign(document.createElement("small"), { textContent: one.text.replace(/\s+/g, " ").slice(0, 140) }));
  }
  return item;
}
