// <hark-notices>: begins and ends what this browser is told while Hark is closed (web push). The service worker shows it.
import { post } from "./post.js";

function bytes(text) {
  const raw = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(raw, (letter) => letter.charCodeAt(0));
}

// `serviceWorker.ready` waits for ever on a page outside of the worker's scope.
function active(worker) {
  const young = worker.installing ?? worker.waiting;
  if (worker.active || !young) return undefined;
  return new Promise((done) => young.addEventListener("statechange", () => young.state === "activated" && done()));
}

export async function subscription() {
  const worker = await navigator.serviceWorker?.getRegistration("/phone");
  return worker?.pushManager?.getSubscription() ?? null;
}

export async function begin(file) {
  const worker = await navigator.serviceWorker.register(file, { scope: "/phone" });
  if (await Notification.requestPermission() !== "granted") return false;
  const { key } = await (await fetch("/notices/key")).json();
  await active(worker);
  const given = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
  return (await post("/notices/subscribe", { subscription: JSON.stringify(given) })).ok;
}

export async function end() {
  const given = await subscription();
  if (!given) return;
  await post("/notices/unsubscribe", { endpoint: given.endpoint }).catch(() => {}); // its service will say so otherwise
  await given.unsubscribe();
}

customElements.define("hark-notices", class extends HTMLElement {
  connectedCallback() {
    this.querySelector(".begin").addEventListener("click", () => this.#press(() => begin(this.dataset.worker)));
    this.querySelector(".end").addEventListener("click", () => this.#press(end));
    this.#show();
  }

  async #press(act) {
    try {
      await act();
      await this.#show();
    } catch (error) {
      this.querySelector(".said").textContent = error.message;
    }
  }

  async #show() {
    const able = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
    const on = able && Boolean(await subscription());
    const refused = able && Notification.permission === "denied";
    const { dataset } = this;
    this.querySelector(".said").textContent = !able ? dataset.cannot : refused ? dataset.denied : on ? dataset.on : dataset.off;
    this.querySelector(".begin").hidden = !able || refused || on;
    this.querySelector(".end").hidden = !on;
  }
});
