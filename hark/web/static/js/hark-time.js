// <hark-time><time datetime>…</time></hark-time>: keeps "3 minutes ago" true while the page is open.
const UNITS = [["year", 31536000], ["month", 2592000], ["week", 604800], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
const format = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });
const shown = new Set();
let timer;

function words(moment) {
  const seconds = (moment - Date.now()) / 1000;
  if (Math.abs(seconds) < 10) return format.format(0, "second");
  const [unit, length] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? ["second", 1];
  return format.format(Math.trunc(seconds / length), unit);
}

function refresh() {
  for (const element of shown) element.refresh();
}

customElements.define("hark-time", class extends HTMLElement {
  connectedCallback() {
    shown.add(this);
    this.refresh();
    timer ??= setInterval(refresh, 10_000);
  }

  disconnectedCallback() {
    shown.delete(this);
  }

  refresh() {
    const time = this.querySelector("time");
    if (time) time.textContent = words(Date.parse(time.dateTime));
  }
});
