// While one waits: the place and how long it takes, and the offer to be called instead without losing the place.
import { icon } from "./icons.js";
import { stamp } from "./store.js";
import { fill } from "./words.js";

// Milliseconds until the place is asked for again: the nearer, the sooner, for it changes as others are served.
const again = (place) => (place <= 3 ? 4_000 : place <= 20 ? 8_000 : 15_000);
const STATES = { waiting: "call_kept", resting: "call_again", served: "call_now" };

export class Queue {
  #panel; #box; #timer; #conversation; #shown = ""; #number;
  #hurry = 0; // so many times it is asked at once again: something was wished and is on its way

  constructor(panel) {
    this.#panel = panel;
    this.#box = panel.dialog.querySelector(".queue");
    this.#box.setAttribute("aria-label", panel.texts.call_me);
  }

  // `conversation`: of whom nobody of ours has taken charge yet; none where nothing is waited for.
  follow(conversation) {
    if (conversation !== this.#conversation) this.#show("");
    this.#conversation = conversation;
    clearTimeout(this.#timer);
    if (conversation) this.#timer = setTimeout(() => this.#ask(), 1000);
  }

  stop() {
    clearTimeout(this.#timer);
  }

  async #ask() {
    clearTimeout(this.#timer);
    const { panel, conversation } = { panel: this.#panel, conversation: this.#conversation };
    const told = panel.looking ? await panel.line.ask("place", { conversation }).catch(() => undefined) : undefined;
    if (conversation !== this.#conversation) return;
    if (told) this.#told(told);
    const soon = this.#hurry > 0 && this.#hurry--;
    this.#timer = setTimeout(() => this.#ask(), soon ? 1000 : again(told?.place ?? 4));
  }

  #told(told) {
    const { texts, settings } = this.#panel;
    if (told.place) this.#panel.about(this.#wait(told));
    else if (told.callback?.state === "served") this.#panel.about(texts.soon_wait);
    const wished = this.#hurry > 0 && this.#shown.startsWith("call");
    if (told.callback) this.#show(`call ${told.callback.state} ${told.callback.phone}`, () => this.#kept(told.callback));
    else if (told.place && settings.callback && !wished) this.#show("offer", () => this.#offer());
    else if (!wished) this.#show("");
  }

  #wait({ place, seconds }) {
    const { texts } = this.#panel;
    const minutes = Math.max(1, Math.round((seconds ?? 0) / 60));
    if (place <= 1 && seconds !== null && seconds < 60) return texts.soon_wait;
    return fill(texts.place, { place }) + (seconds === null ? "" : " " + fill(texts.wait, { minutes }));
  }

  // Drawn anew only when it is something else: a form that somebody fills in stays, and nothing is read out twice.
  #show(name, draw) {
    if (name === this.#shown || (name === "offer" && this.#shown === "form")) return;
    const had = this.#box.contains(this.#panel.root.activeElement);
    this.#shown = name;
    this.#box.replaceChildren(...(draw?.() ?? []));
    this.#box.hidden = !draw;
    if (had) (this.#box.querySelector("input, button") ?? this.#panel.composer.field).focus();
  }

  #offer() {
    const { texts } = this.#panel;
    const button = this.#button("call", texts.call_me, () => this.#show("form", () => this.#form()));
    button.insertAdjacentHTML("afterbegin", icon("phone"));
    return [button];
  }

  #form() {
    const { texts, store } = this.#panel;
    const form = document.createElement("form");
    form.noValidate = true;
    form.innerHTML = `<label><span></span><input type="tel" name="phone" autocomplete="tel" inputmode="tel" dir="ltr" maxlength="40" required aria-describedby="call-problem"></label><p class="problem" id="call-problem" role="alert"></p><div class="choice"></div>`;
    const field = form.querySelector("input");
    form.querySelector("span").textContent = texts.call_number;
    field.value = this.#number ?? store.read().contact?.phone ?? "";
    const send = this.#button("main", texts.call_ask);
    send.type = "submit";
    form.lastChild.append(send, this.#button("quiet", texts.call_wait, () => this.#show("offered", () => this.#offer())));
    // The same wish under the same id, however often it has to be sent.
    const { id } = stamp();
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      send.disabled = true;
      const why = await this.#send(id, field.value.trim());
      send.disabled = false;
      form.querySelector(".problem").textContent = why ? texts[why] : "";
      field.toggleAttribute("aria-invalid", why === "wrong_phone");
      if (why) field.focus();
    });
    return [form];
  }

  // Nothing where it was taken, else a word for why not.
  async #send(id, phone) {
    this.#number = phone;
    try {
      const told = await this.#panel.line.ask("callback", { id, phone, conversation: this.#conversation, ...this.#where() });
      if (told.refused) return told.refused;
      this.#told(told);
      this.#soon();
      return "";
    } catch (error) { return error.after ? "call_too_often" : "call_failed"; }
  }

  #where() {
    return { time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone, language: navigator.language };
  }

  #kept({ phone, state }) {
    const { texts } = this.#panel;
    const said = document.createElement("p"), text = document.createElement("span"), number = document.createElement("bdi");
    const [before, after] = texts[STATES[state] ?? STATES.waiting].split("{phone}");
    said.setAttribute("role", "status");
    number.dir = "ltr";
    number.textContent = phone;
    text.append(before, number, after ?? "");
    said.innerHTML = icon("phone");
    said.append(text);
    if (state === "served") return [said];
    return [said, this.#button("quiet", texts.call_cancel, () => this.#cancel())];
  }

  async #cancel() {
    const { id } = stamp();
    await this.#panel.line.ask("callback-cancel", { id, conversation: this.#conversation, ...this.#where() }).catch(() => {});
    this.#shown = "cancelled";
    this.#soon();
  }

  #soon() {
    clearTimeout(this.#timer);
    this.#hurry = 3;
    this.#timer = setTimeout(() => this.#ask(), 500);
  }

  #button(kind, text, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = kind;
    button.append(text);
    if (act) button.addEventListener("click", act);
    return button;
  }
}
