// <hark-phone>: the front line's app. Everything on screen comes out of what the phone keeps, so it is there at once and
// without a network; what changes outside comes in by refresh, what is done here goes out by the queue.
import { begin as beginNotices, subscription } from "../hark-notices.js";
import "../looking.js";
import { fact, put } from "./store.js";
import { flush, listen, state, waiting } from "./queue.js";
import { when, word } from "./fill.js";
import { list } from "./list.js";
import { thread } from "./thread.js";
import { work } from "./work.js";
import { me } from "./me.js";
import { outbox } from "./outbox.js";

const SCREENS = [
  [/^\/phone\/?$/, list],
  [/^\/phone\/conversations\/([0-9a-f-]{36})$/, thread],
  [/^\/phone\/cases\/([0-9a-f-]{36})$/, work],
  [/^\/phone\/waiting$/, outbox],
  [/^\/phone\/me$/, me],
];
const REFRESH = 30_000; // milliseconds, while it is looked at

customElements.define("hark-phone", class extends HTMLElement {
  #screen;
  #drawing = Promise.resolve();

  connectedCallback() {
    addEventListener("click", (event) => this.#follow(event));
    addEventListener("popstate", () => this.#open());
    listen(() => this.#again());
    navigator.serviceWorker?.addEventListener("message", (message) => { if (message.data?.open) this.#go(message.data.open); });
    setInterval(() => { if (!document.hidden) flush(); }, REFRESH);
    this.#open().then(flush);
    this.#install();
  }

  #follow(event) {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || link.target || link.hasAttribute("download")) return;
    const address = new URL(link.href);
    if (address.origin !== location.origin || !SCREENS.some(([path]) => path.test(address.pathname))) return;
    event.preventDefault();
    if (link.dataset.back !== undefined && history.state?.inside) history.back();
    else this.#go(address.pathname + address.search);
  }

  #go(path) {
    history.pushState({ inside: true }, "", path);
    return this.#open();
  }

  #open() {
    const [path, make] = SCREENS.find(([one]) => one.test(location.pathname)) ?? SCREENS[0];
    this.#screen?.leave?.();
    this.#screen = make(this.querySelector("#screen"), location.pathname.match(path)?.[1]);
    window.scrollTo(0, 0);
    return this.#again();
  }

  // One drawing at a time, the newest state last.
  #again() {
    const screen = this.#screen;
    this.#drawing = this.#drawing.then(() => (screen === this.#screen ? screen.draw() : undefined)).then(() => this.#frame()).catch((error) => console.error(error));
    return this.#drawing;
  }

  // The shell holds nobody's token; what other modules send is signed with the one that was fetched.
  async #sign() {
    let meta = document.querySelector("meta[name=form-token]");
    if (!meta) document.head.append(meta = Object.assign(document.createElement("meta"), { name: "form-token" }));
    meta.content = (await fact("token")) ?? meta.content;
  }

  async #frame() {
    await this.#sign();
    const acts = await waiting();
    const trouble = acts.filter((act) => act.state === "conflict" || act.state === "refused").length;
    const open = acts.filter((act) => act.state !== "done").length;
    const badge = this.querySelector("#waiting-count");
    badge.textContent = open || "";
    badge.hidden = !open;
    badge.classList.toggle("bad", trouble > 0);
    const line = this.querySelector("#line");
    const refreshed = await fact("refreshed");
    line.dataset.state = !state.signedIn ? "out" : state.sending ? "sending" : state.online ? "on" : "off";
    line.querySelector("span").textContent = {
      out: word("signed-out"), sending: word("sending"), on: word("up-to-date"),
      off: refreshed ? word("offline-since").replace("{when}", when(refreshed)) : word("offline"),
    }[line.dataset.state];
    this.querySelector("#signed-out").hidden = state.signedIn;
    for (const link of this.querySelectorAll("nav a")) {
      const here = link.pathname === location.pathname || (link.pathname === "/phone" && /^\/phone\/(conv|case)/.test(location.pathname));
      link.toggleAttribute("aria-current", here);
      if (here) link.setAttribute("aria-current", "page");
    }
    this.classList.toggle("inside", /^\/phone\/(conversations|cases)\//.test(location.pathname));
    if ("setAppBadge" in navigator) (open ? navigator.setAppBadge(open) : navigator.clearAppBadge()).catch(() => {});
  }

  async #install() {
    if (!("serviceWorker" in navigator)) return;
    await navigator.serviceWorker.register(this.dataset.worker, { scope: "/phone" });
    navigator.storage?.persist?.().catch(() => {}); // so that the browser does not clear what waits when space is short
    addEventListener("beforeinstallprompt", (event) => { event.preventDefault(); this.installing = event; });
    if (!(await fact("notices-asked")) && Notification?.permission === "granted" && !(await subscription())) {
      await beginNotices(this.dataset.worker).catch(() => {});
      await put("facts", { name: "notices-asked", value: true });
    }
  }
});
