// <hark-palette>: Ctrl-K or Cmd-K finds people, messages, cases and pages, and does what the page at hand can do; beside each
// stands the key that would have done it. <hark-jump> is a link that opens it.
import { ranked } from "./fuzzy.js";

const WAIT = 120; // ms after the last key before the server is asked

customElements.define("hark-palette", class extends HTMLElement {
  #timer;
  #asked = 0;

  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.input = this.querySelector("input");
    this.list = this.querySelector("ul");
    this.pages = [...this.list.children];
    document.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
        event.preventDefault();
        this.open();
      }
    });
    this.input.addEventListener("input", () => this.#changed());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.list.addEventListener("click", (event) => this.#go(event.target.closest("[role=option]")));
    this.dialog.addEventListener("click", (event) => { if (event.target === this.dialog) this.dialog.close(); });
  }

  open() {
    if (this.dialog.open) return;
    this.input.value = "";
    this.acts = acts();
    this.#show([...this.acts, ...this.pages]);
    this.dialog.showModal();
    this.input.focus();
  }

  #known(words) {
    return ranked([...this.acts, ...this.pages], words, (item) => item.querySelector("span")?.textContent ?? item.textContent);
  }

  #changed() {
    const words = this.input.value.trim();
    this.#show(this.#known(words));
    clearTimeout(this.#timer);
    if (words.length > 1) this.#timer = setTimeout(() => this.#search(words), WAIT);
  }

  async #search(words) {
    const mine = ++this.#asked;
    const answer = await fetch(`${this.dataset.search}?q=${encodeURIComponent(words)}`).catch(() => undefined);
    if (!answer?.ok || mine !== this.#asked || !this.dialog.open || this.input.value.trim() !== words) return;
    const found = document.createElement("template");
    found.innerHTML = await answer.text();
    const items = [...found.content.querySelectorAll("li")];
    const last = items.filter((item) => item.dataset.go.startsWith("/find"));
    const known = this.#known(words);
    const names = items.filter((item) => !last.includes(item));
    // An act that is spelled out goes first, a person before an act that only has some of the letters.
    const spelled = known.filter((item) => item.textContent.toLowerCase().includes(words.toLowerCase()) && item.dataset.act);
    this.#show([...spelled, ...names, ...known.filter((item) => !spelled.includes(item)), ...last]);
  }

  #show(items) {
    this.list.replaceChildren(...items);
    items.forEach((item, index) => { item.id = `palette-${index}`; });
    this.#select(items[0]);
  }

  #select(item) {
    for (const other of this.list.children) other.setAttribute("aria-selected", String(other === item));
    if (item) this.input.setAttribute("aria-activedescendant", item.id);
    else this.input.removeAttribute("aria-activedescendant");
    item?.scrollIntoView({ block: "nearest" });
  }

  #key(event) {
    const current = this.list.querySelector("[aria-selected=true]");
    if (event.key === "ArrowDown") this.#select(current?.nextElementSibling ?? this.list.firstElementChild);
    else if (event.key === "ArrowUp") this.#select(current?.previousElementSibling ?? this.list.lastElementChild);
    else if (event.key === "Enter") this.#go(current);
    else return;
    event.preventDefault();
  }

  #go(item) {
    if (!item) return;
    if (item.dataset.go) return location.assign(item.dataset.go);
    this.dialog.close();
    if (item.dataset.act) document.dispatchEvent(new CustomEvent("hark-command", { detail: item.dataset.act }));
    else item.pressed?.click();
  }
});

// What the page at hand can do: its commands with their keys, and its buttons that say what they do.
function acts() {
  const commands = [...document.querySelectorAll("dd[data-command]")].filter((line) => line.dataset.command !== "send")
    .map((line) => option(line.dataset.title, { act: line.dataset.command }, [...line.querySelectorAll("kbd")].map((key) => key.cloneNode(true))));
  const buttons = [...document.querySelectorAll("main [data-words]")].filter((one) => one.matches("button, a"))
    .map((one) => Object.assign(option(one.dataset.words, {}), { pressed: one }));
  return [...commands, ...buttons];
}

function option(words, data, keys = []) {
  const item = Object.assign(document.createElement("li"), { className: "does" });
  item.setAttribute("role", "option");
  Object.assign(item.dataset, data);
  item.append(Object.assign(document.createElement("span"), { className: "grow truncate", textContent: words }), ...keys);
  return item;
}

customElements.define("hark-jump", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const palette = document.querySelector("hark-palette");
      if (!palette || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      palette.open();
    });
  }
});
