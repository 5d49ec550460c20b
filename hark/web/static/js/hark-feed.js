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
    if (this.#paused || document.hidden || this.contains(document.activeElement)) return;
    const answer = await fetch(location.href, { headers: { "Hark-Fragment": this.dataset.block } }).catch(() => undefined);
    if (!answer?.ok || this.#paused) return;
    const fresh = document.createElement("template");
    fresh.innerHTML = await answer.text();
    const known = new Set(this.#rows(this).map((row) => row.dataset.key));
    const open = new Set(this.#rows(this).filter((row) => row.querySelector("details[open]")).map((row) => row.dataset.key));
    for (const row of this.#rows(fresh.content)) {
      if (known.size && !known.has(row.dataset.key)) row.classList.add("fresh");
      if (open.has(row.dataset.key)) row.querySelector("details").open = true;
    }
    this.replaceChildren(fresh.content);
  }

  #rows(within) {
    return [...within.querySelectorAll("[data-key]")];
  }
});
