// <hark-keys>: `?` shows the keys, `/` goes to the search of the page, `j` and `k` walk a list, `g p` opens people.
const typing = (element) => element?.closest?.("input, textarea, select, [contenteditable]");

customElements.define("hark-keys", class extends HTMLElement {
  #before = "";

  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.places = this.#places();
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
      if (localStorage.getItem("hark-keys-scheme") === "none") return; // chosen at the desk: for readers and voice control
      if (this.#press(event.key)) event.preventDefault();
    });
  }

  #places() {
    const places = new Map();
    for (const line of this.querySelectorAll("dd")) {
      const keys = [...line.querySelectorAll("[data-go]")];
      if (keys.length) places.set(keys.map((key) => key.textContent).join(" "), keys[0].dataset.go);
    }
    return places;
  }

  #press(key) {
    const place = this.places.get(`${this.#before} ${key}`);
    this.#before = key;
    if (place) location.assign(place);
    else if (key === "?") this.dialog.showModal();
    else if (key === "/") return this.#search();
    else if (key === "j" || key === "k") return this.#walk(key === "j" ? 1 : -1);
    else return false;
    return true;
  }

  #search() {
    const field = document.querySelector("[data-slash]");
    field?.focus();
    field?.select();
    return Boolean(field);
  }

  #walk(step) {
    const rows = [...document.querySelectorAll("main [data-row], main .table tbody th a")];
    if (!rows.length) return false;
    const next = rows.indexOf(document.activeElement) + step;
    rows[Math.max(0, Math.min(rows.length - 1, next))].focus();
    return true;
  }
});
