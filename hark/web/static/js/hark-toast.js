// <hark-toast>: goes away by itself after a while, but never while one points at it or while it holds the focus.
const STAYS = 8_000;

customElements.define("hark-toast", class extends HTMLElement {
  #timer;

  connectedCallback() {
    this.#wait();
    this.addEventListener("pointerenter", () => clearTimeout(this.#timer));
    this.addEventListener("focusin", () => clearTimeout(this.#timer));
    this.addEventListener("pointerleave", () => this.#wait());
    this.addEventListener("focusout", () => this.#wait());
    this.addEventListener("keydown", (event) => { if (event.key === "Escape") this.remove(); });
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  #wait() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.remove(), STAYS);
  }
});
