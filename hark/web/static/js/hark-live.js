// <hark-live data-block="feed">: asks for its block of this very page again when the event log has moved on.
// One WebSocket serves all of them; where none can be opened, server-sent events do.
const elements = new Set();
let position = Number(document.documentElement.dataset.position ?? 0);
let failures = 0;
let socket;

function moved(text) {
  const next = parseInt(text, 10);
  if (!(next > position) && !text.endsWith("+")) return; // a plus: something changed beside the log
  position = Math.max(position, next);
  for (const element of elements) element.refresh();
}

function open() {
  if (!elements.size || socket) return;
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  socket = new WebSocket(`${scheme}://${location.host}/live?since=${position}`);
  socket.addEventListener("message", (message) => { failures = 0; moved(message.data); });
  socket.addEventListener("close", again);
}

function again() {
  socket = undefined;
  failures += 1;
  if (failures === 3) return stream();
  if (failures < 3) setTimeout(open, 500 * 2 ** failures + Math.random() * 500);
}

function stream() {
  // EventSource comes back by itself and says where it stopped.
  new EventSource(`/live/events?since=${position}`).addEventListener("message", (message) => moved(message.data));
}

customElements.define("hark-live", class extends HTMLElement {
  #busy = false;
  #again = false;

  connectedCallback() {
    elements.add(this);
    open();
  }

  disconnectedCallback() {
    elements.delete(this);
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
