// <hark-wall>: time passes on a wall also when nothing happens, so its block is asked for again now and then; the screen stays on.
const EVERY = 5_000; // milliseconds

customElements.define("hark-wall", class extends HTMLElement {
  connectedCallback() {
    this.timer = setInterval(() => document.querySelector(`hark-live[data-block="${this.dataset.block}"]`)?.refresh(), EVERY);
    const awake = () => { if (!document.hidden) navigator.wakeLock?.request("screen").catch(() => {}); };
    document.addEventListener("visibilitychange", awake);
    awake();
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }
});
