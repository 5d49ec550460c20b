// <hark-copy data-text>: puts a text, or the code it stands in, on the clipboard. Hidden where the browser gives no clipboard.
customElements.define("hark-copy", class extends HTMLElement {
  connectedCallback() {
    if (!navigator.clipboard) return;
    this.hidden = false;
    const button = this.querySelector("button");
    const before = button.getAttribute("aria-label");
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(this.dataset.text ?? this.closest(".code").querySelector("pre").textContent);
      this.#say(button, this.dataset.done);
      setTimeout(() => this.#say(button, before), 1600);
    });
  }

  #say(button, words) {
    button.setAttribute("aria-label", words);
    button.title = words;
    button.classList.toggle("done", words === this.dataset.done);
  }
});
