// <hark-palette>: Ctrl-K or Cmd-K finds people and pages. <hark-jump> is a link that opens it.
const WAIT = 120; // ms after the last key before people are searched

customElements.define("hark-palette", class extends HTMLElement {
  #timer;
  #asked = 0;

  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.input = this.querySelector("input");
    this.list = this.querySelector("ul");
    this.pages = [...this.list.children];
    document.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        this.open();
      }
    });
    this.input.addEventListener("input", () => this.#changed());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.list.addEventListener("click", (event) => this.#go(event.target.closest("[data-go]")));
    this.dialog.addEventListener("click", (event) => { if (event.target === this.dialog) this.dialog.close(); });
  }

  open() {
    if (this.dialog.open) return;
    this.input.value = "";
    this.#show(this.pages);
    this.dialog.showModal();
    this.input.focus();
  }

  #changed() {
    const words = this.input.value.trim().toLowerCase();
    this.#show(this.pages.filter((page) => page.textContent.toLowerCase().includes(words)));
    clearTimeout(this.#timer);
    if (words.length > 1) this.#timer = setTimeout(() => this.#search(words), WAIT);
  }

  async #search(words) {
    const mine = ++this.#asked;
    const answer = await fetch(`${this.dataset.search}?q=${encodeURIComponent(words)}`);
    if (!answer.ok || mine !== this.#asked || !this.dialog.open) return;
    const found = document.createElement("template");
    found.innerHTML = await answer.text();
    const pages = this.pages.filter((page) => page.textContent.toLowerCase().includes(words));
    this.#show([...found.content.querySelectorAll("li"), ...pages]);
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
    if (item) location.assign(item.dataset.go);
  }
});

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
