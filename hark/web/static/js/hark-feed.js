// <hark-feed data-block="feed">: asks for its block again every second or two, marks what is new, keeps open what one
// reads, and can be paused. Unlike <hark-live> it also shows what never reaches the log: refusals.
const EVERY = 1500;

customElements.define("hark-feed", class extends HTMLElement {
  #timer;
  #paused = false;

  connectedCallback() {
    this.#button();
    this.#timer = setInterval(() => this.refresh(), EVERY);
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }

  #button() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button small feed-pause";
    button.textContent = this.dataset.pause;
    button.addEventListener("click", () => {
      this.#paused = !this.#paused;
      button.textContent = this.#paused ? this.dataset.resume : this.dataset.pause;
      button.setAttribute("aria-pressed", String(this.#paused));
      this.refresh();
    });
    this.before(button);
  }

  async refresh() {
    if (this.#paused || document.hidden || this.#isUsed()) return;
    const answer = await fetch(location.href, { headers: { "Hark-Fragment": this.dataset.block } }).catch(() => undefined);
    if (!answer?.ok || this.#paused || this.#isUsed()) return;
    const fresh = document.createElement("template");
    fresh.innerHTML = await answer.text();
    const before = this.#rows(this), after = this.#rows(fresh.content);
    const known = new Set(before.map((row) => row.dataset.key));
    if (after.length === before.length && after.every((row) => known.has(row.dataset.key))) return;
    const open = new Set(before.filter((row) => row.querySelector("details[open]")).map((row) => row.dataset.key));
    const focused = document.activeElement?.closest?.("[data-key]")?.dataset.key;
    for (const row of after) {
      if (known.size && !known.has(row.dataset.key)) row.classList.add("fresh");
      if (open.has(row.dataset.key)) row.querySelector("details").open = true;
    }
    this.replaceChildren(fresh.content);
    if (focused) this.querySelector(`[data-key="${focused}"] summary`)?.focus({ preventScroll: true });
  }

  // Somebody is at a button or a link inside; a line that is only unfolded comes back unfolded.
  #isUsed() {
    return this.contains(document.activeElement) && document.activeElement.tagName !== "SUMMARY";
  }

  #rows(within) {
    return [...within.querySelectorAll("[data-key]")];
  }
});
