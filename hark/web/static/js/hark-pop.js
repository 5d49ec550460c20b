// <hark-pop>: a small menu closes when one looks elsewhere or presses Escape.
customElements.define("hark-pop", class extends HTMLElement {
  connectedCallback() {
    this.details = this.querySelector("details");
    this.outside = (event) => { if (!this.contains(event.target)) this.details.open = false; };
    document.addEventListener("click", this.outside);
    this.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.details.open) return;
      this.details.open = false;
      this.querySelector("summary").focus();
    });
  }

  disconnectedCallback() {
    document.removeEventListener("click", this.outside);
  }
});
