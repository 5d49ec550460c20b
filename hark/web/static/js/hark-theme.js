// <hark-theme>: changes the colours at once; the form inside does the same without script and remembers the choice.
import { send } from "./forms.js";

customElements.define("hark-theme", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (event) => {
      event.preventDefault();
      const theme = event.submitter.value;
      document.documentElement.dataset.theme = theme;
      for (const button of document.querySelectorAll("hark-theme button")) {
        button.setAttribute("aria-pressed", String(button.value === theme));
      }
      send(event.target, event.submitter);
    });
  }
});
