// <hark-chat>: the button of a live chat, on any site. It waits until the page is idle, takes no room in it, and loads the
// panel when somebody wants it. Attributes, events and CSS variables: docs/reference/chat-widget.md of Hark.
const settings = /* settings */ {};
const home = new URL(import.meta.url).origin;
const LANGUAGES = ["en", "de", "fr", "es", "it", "pt", "nl", "ar"];
const LABELS = {
  en: ["Chat with us", "Close chat", "Dismiss"], de: ["Chatten Sie mit uns", "Chat schließen", "Ausblenden"],
  fr: ["Discuter avec nous", "Fermer le chat", "Masquer"], es: ["Chatee con nosotros", "Cerrar el chat", "Ocultar"],
  it: ["Scrivici in chat", "Chiudi la chat", "Nascondi"], pt: ["Fale connosco", "Fechar o chat", "Ocultar"],
  nl: ["Chat met ons", "Chat sluiten", "Verbergen"], ar: ["تحدث معنا", "إغلاق المحادثة", "إخفاء"],
};
const ICONS = `<svg viewBox="0 0 24 24" aria-hidden="true"><path class="talk" d="M12 3.2c-5 0-9 3.5-9 7.9 0 2.3 1.1 4.3 2.8 5.8l-.6 3.3c-.1.5.4.9.9.7l3.6-1.6c.7.1 1.5.2 2.3.2 5 0 9-3.5 9-8s-4-8.3-9-8.300z"/><path class="shut" d="M6 9.500l6 6 6-6"/></svg>`;
const STYLE = `
:host { --accent: var(--hark-chat-accent, ${settings.colour}); --on-accent: var(--hark-chat-on-accent, ${readable(settings.colour)});
  position: fixed; z-index: var(--hark-chat-z, 2147483000); inset-block-end: var(--hark-chat-offset-y, 20px);
  inset-inline-${settings.corner}: var(--hark-chat-offset-x, 20px); color-scheme: light dark;
  font: 400 15px/1.45 var(--hark-chat-font, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Arial, sans-serif) }
:host([hidden]) { display: none }
@media print { :host { display: none } }
* { box-sizing: border-box }
.launch { all: unset; box-sizing: border-box; display: grid; place-items: center; inline-size: 58px; block-size: 58px; border-radius: 50%; cursor: pointer;
  background: var(--accent); color: var(--on-accent); box-shadow: 0 1px 2px rgb(0 0 0 / .16), 0 8px 24px rgb(0 0 0 / .22);
  transition: transform .18s cubic-bezier(.2,.9,.3,1.3), box-shadow .18s; animation: rise .28s cubic-bezier(.2,.9,.3,1.2) }
.launch:hover { transform: scale(1.06) } .launch:active { transform: scale(.96) }
.launch:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; box-shadow: 0 0 0 3px Canvas }
.launch svg { inline-size: 30px; block-size: 30px } .talk { fill: currentColor } .shut { fill: none; stroke: currentColor; stroke-width: 2.4; stroke-linecap: round; stroke-linejoin: round; opacity: 0 }
:host([open]) .talk { opacity: 0 } :host([open]) .shut { opacity: 1 }
.count { position: absolute; inset-block-start: -3px; inset-inline-end: -3px; min-inline-size: 22px; padding: 0 6px; border-radius: 11px;
  background: #d3263f; color: #fff; font: 700 12px/22px system-ui, sans-serif; text-align: center; box-shadow: 0 0 0 2px Canvas }
.count:empty { display: none }
.greeting { position: absolute; inset-block-end: 72px; inset-inline-${settings.corner}: 0; inline-size: max-content; max-inline-size: min(290px, calc(100vw - 40px));
  display: flex; align-items: start; background: var(--hark-chat-surface, light-dark(#fff, #20242c)); color: var(--hark-chat-text, light-dark(#17191e, #f1f3f7));
  border-radius: 18px; border-end-${settings.corner}-radius: 5px; box-shadow: 0 1px 3px rgb(0 0 0 / .14), 0 10px 32px rgb(0 0 0 / .18); animation: rise .3s ease-out }
.greeting button { all: unset; cursor: pointer; padding: 13px 4px 13px 16px; overflow-wrap: anywhere }
.greeting button:dir(rtl) { padding: 13px 16px 13px 4px }
.greeting .away { padding: 6px 12px !important; font-size: 20px; line-height: 1.5; opacity: .6 }
.greeting button:focus-visible { outline: 2px solid var(--accent); outline-offset: -3px; border-radius: 14px }
@keyframes rise { from { opacity: 0; transform: translateY(12px) scale(.9) } }
@media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important } }
@media (max-width: 480px) { :host([open]) .launch { display: none } }`;

// Dark or light letters, whichever can be read on the company's colour (WCAG's relative luminance).
function readable(colour) {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.4 ? "#14161a" : "#fff";
}

const idle = (act) => ("requestIdleCallback" in window ? requestIdleCallback(act, { timeout: 4000 }) : setTimeout(act, 300));
const keep = (store, name, value) => { try { return value === undefined ? store().getItem(name) : store().setItem(name, value); } catch { return null; } };

class HarkChat extends HTMLElement {
  #root = this.attachShadow({ mode: "open" });
  #panel; #loading; #button; #greeted;

  connectedCallback() {
    if (this.#button) return;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    this.#root.adoptedStyleSheets = [sheet];
    idle(() => this.#show());
  }

  get language() {
    const wanted = this.getAttribute("language") || document.documentElement.lang || navigator.language || "en";
    const base = wanted.slice(0, 2).toLowerCase();
    return LANGUAGES.includes(base) ? base : "en";
  }

  async open() {
    const panel = await this.#load();
    this.setAttribute("open", "");
    this.#dismiss();
    this.#label();
    panel.open();
    this.dispatchEvent(new CustomEvent("hark-chat-open", { bubbles: true }));
  }

  close() {
    if (!this.hasAttribute("open")) return;
    this.removeAttribute("open");
    this.#label();
    this.#panel?.close();
    this.#button?.focus();
    this.dispatchEvent(new CustomEvent("hark-chat-close", { bubbles: true }));
  }

  // Say something in the visitor's name, as after a click on "ask about this product".
  async say(text) {
    await this.open();
    this.#panel.say(String(text));
  }

  // The customer has signed out of the site: what was said belongs to them, not to this browser.
  forget() {
    this.#panel?.forget();
    keep(() => localStorage, `hark-chat:${settings.source}`, "");
    this.#button.nextElementSibling.textContent = "";
  }

  unread(count) {
    this.#button.nextElementSibling.textContent = count || "";
    this.#label(count);
    this.dispatchEvent(new CustomEvent("hark-chat-unread", { bubbles: true, detail: { count } }));
  }

  #show() {
    this.dir = this.language === "ar" ? "rtl" : "ltr";
    this.#root.innerHTML = `<button class="launch" type="button" aria-haspopup="dialog" aria-expanded="false">${ICONS}</button><span class="count" aria-hidden="true"></span>`;
    this.#button = this.#root.querySelector(".launch");
    this.#label();
    this.#button.addEventListener("click", () => (this.hasAttribute("open") ? this.close() : this.open()));
    for (const intent of ["pointerenter", "focus", "touchstart"]) this.#button.addEventListener(intent, () => this.#load(), { once: true, passive: true });
    const kept = keep(() => localStorage, `hark-chat:${settings.source}`) || "";
    if (kept.includes('"talking":true')) idle(() => this.#load()); // an answer may be waiting
    else if (settings.greets) this.#ask();
    if (this.hasAttribute("open")) this.open();
  }

  #label(count = 0) {
    if (!this.#button) return;
    const open = this.hasAttribute("open"), [show, shut] = LABELS[this.language];
    this.#button.setAttribute("aria-label", (open ? shut : show) + (count ? ` (${count})` : ""));
    this.#button.setAttribute("aria-expanded", String(open));
  }

  #load() {
    this.#loading ??= import(home + settings.panel).then(async (module) => (this.#panel = await module.mount(this, this.#root, settings, home, this.#greeted)));
    this.#loading.catch(() => { this.#loading = undefined; }); // the network was away: the next try loads again
    return this.#loading;
  }

  // Once a visit: is there something to say to this visitor on this page?
  async #ask() {
    const name = `hark-chat-greeted:${settings.source}`;
    if (keep(() => sessionStorage, name)) return;
    const { hello } = await import(home + settings.panel.replace("panel.js", "hello.js"));
    this.#greeted = await hello(this, settings, home).catch(() => undefined);
    const greeting = this.#greeted?.greeting;
    if (greeting) setTimeout(() => { if (!this.hasAttribute("open")) { keep(() => sessionStorage, name, "1"); this.#greet(greeting.text); } }, greeting.after * 1000);
  }

  #greet(text) {
    const bubble = document.createElement("div");
    bubble.className = "greeting";
    bubble.innerHTML = `<button type="button"></button><button type="button" class="away">×</button>`;
    bubble.firstChild.textContent = text;
    bubble.firstChild.addEventListener("click", () => this.open());
    bubble.lastChild.setAttribute("aria-label", LABELS[this.language][2]);
    bubble.lastChild.addEventListener("click", () => this.#dismiss());
    this.#root.append(bubble);
  }

  #dismiss() {
    this.#root.querySelector(".greeting")?.remove();
  }
}

if (!customElements.get("hark-chat")) {
  customElements.define("hark-chat", HarkChat);
  const add = () => document.querySelector("hark-chat") ?? document.body.append(document.createElement("hark-chat"));
  if (document.body) idle(add); else addEventListener("DOMContentLoaded", () => idle(add));
}
