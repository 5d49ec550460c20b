// <hark-live data-block="feed">: asks for its block of this very page again when the event log has moved on, or something
// beside it has changed.
import { watch } from "./live.js";

customElements.define("hark-live", class extends HTMLElement {
  #busy = false;
  #again = false;

  #stop;

  connectedCallback() {
    this.#stop = watch("pages", () => this.refresh());
  }

  disconnectedCallback() {
    this.#stop();
  }

  async refresh() {
    if (document.hidden) return document.addEventListener("visibilitychange", () => this.refresh(), { once: true });
    if (this.#busy) { this.#again = true; return; }
    this.#busy = true;
    try {
      const answer = await fetch(location.href, { headers: { "Hark-Fragment": this.dataset.block } });
      if (answer.ok) this.#show(await answer.text());
    } finally {
      setTimeout(() => {
        this.#busy = false;
        if (this.#again) { this.#again = false; this.refresh(); }
      }, 1000);
    }
  }

  #show(html) {
    // What a visitor is typing in, reading unfolded or pointing at with the keyboard is not taken from under them.
    if (this.contains(document.activeElement) || this.querySelector("details[open]")) { this.#again = true; return; }
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    if (fresh.innerHTML.trim() !== this.innerHTML.trim()) this.replaceChildren(fresh.content);
  }
});
