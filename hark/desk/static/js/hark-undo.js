// <hark-undo data-until data-all>: counts down while an answer can still be taken back, then is gone.
customElements.define("hark-undo", class extends HTMLElement {
  connectedCallback() {
    // The clocks of two machines differ: never longer than the whole time from when it appeared.
    const all = Number(this.dataset.all) * 1000;
    this.until = Math.min(Date.parse(this.dataset.until), Date.now() + all);
    this.left = this.querySelector("[data-left]");
    this.timer = setInterval(() => this.#count(), 200);
    this.#count();
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  #count() {
    const seconds = Math.ceil((this.until - Date.now()) / 1000);
    if (seconds <= 0) this.remove();
    else if (this.left) this.left.textContent = String(seconds);
  }
});
