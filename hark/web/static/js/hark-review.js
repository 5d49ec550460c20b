// <hark-review>: `m` merges the pair that has the focus, `n` keeps the two apart. Walking is done by <hark-keys>.
customElements.define("hark-review", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
      const act = { m: "merge", n: "dismiss" }[event.key];
      const button = act && event.target.closest("[data-row]")?.querySelector(`form[action$="/${act}"] button`);
      if (!button) return;
      event.preventDefault();
      button.click();
    });
    // After a decision the next pair is at hand.
    if (document.referrer.endsWith(location.pathname)) this.querySelector("[data-row]")?.focus({ preventScroll: true });
  }
});
