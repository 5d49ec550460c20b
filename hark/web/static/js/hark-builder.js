// <hark-builder>: the segment builder without reloads. Buttons and choices fetch the rows anew, typing fetches the count.
// Without script the same buttons send the form and the page comes back.
customElements.define("hark-builder", class extends HTMLElement {
  #waiting;
  #asked = 0;

  connectedCallback() {
    this.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-acts], button[data-counts]");
      if (!button) return;
      event.preventDefault();
      this.#ask(button.value, button.matches("[data-counts]") ? ["count"] : ["rows", "count"]);
    });
    this.addEventListener("change", (event) => {
      if (event.target.matches("[data-shows]")) this.#ask("show", ["rows", "count"]);
    });
    this.addEventListener("input", (event) => {
      if (event.target.matches("[data-shows], #field-label, #field-about")) return;
      clearTimeout(this.#waiting);
      this.#waiting = setTimeout(() => this.#ask("count", ["count"]), 300);
    });
  }

  async #ask(act, parts) {
    const form = this.querySelector("form");
    const number = ++this.#asked;
    for (const part of parts) {
      const body = new URLSearchParams(new FormData(form));
      body.set("act", part === parts[0] ? act : "count");
      const answer = await fetch(form.action, { method: "POST", body, headers: { "Hark-Fragment": part } });
      if (!answer.ok || number !== this.#asked) return;
      this.#show(part, await answer.text());
    }
  }

  #show(part, html) {
    const place = this.querySelector(`[data-part="${part}"]`);
    const focused = place.contains(document.activeElement) ? document.activeElement.name : null;
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    place.replaceChildren(fresh.content);
    if (focused) (place.querySelector(`[name="${CSS.escape(focused)}"]`) ?? place.querySelector("input"))?.focus();
  }
});
