// Who else is here: colleagues who look at this conversation or write in it, and the person who types.
import { tell } from "./live.js";

const LASTS = { typing: 8000, noting: 8000, viewing: 45000 };
const LOOKS_EVERY = 30000;
const TYPES_EVERY = 3000;

export class Presence {
  #here = new Map(); // line -> {kind, by, until}
  #typed = 0;

  constructor(place, topic, texts, me) {
    Object.assign(this, { place, topic, texts, me });
    this.looking = setInterval(() => this.#look(), LOOKS_EVERY);
    this.fading = setInterval(() => this.#show(), 2000);
    setTimeout(() => this.#look(), 150);
  }

  heard({ kind, line, by }) {
    if (by?.member === this.me) return; // my own second window
    if (kind === "left") this.#here.delete(line);
    else this.#here.set(line, { kind, by, until: Date.now() + (LASTS[kind] ?? 8000) });
    this.#show();
  }

  types(noting) {
    if (Date.now() - this.#typed < TYPES_EVERY) return;
    this.#typed = Date.now();
    tell(this.topic, noting ? "noting" : "typing");
  }

  // The name of a colleague who is writing an answer just now.
  get rival() {
    return this.#now().find((one) => one.kind === "typing" && one.by?.member)?.by.name;
  }

  end() {
    clearInterval(this.looking);
    clearInterval(this.fading);
    tell(this.topic, "left");
  }

  #look() {
    if (!document.hidden) tell(this.topic, "viewing");
  }

  #now() {
    return [...this.#here.values()].filter((one) => one.until > Date.now());
  }

  #show() {
    const people = new Map();
    for (const one of this.#now()) {
      const name = one.by?.name ?? "";
      if (!people.has(name) || one.kind !== "viewing") people.set(name, one);
    }
    const words = [...people].map(([name, one]) => {
      const said = one.kind === "viewing" ? this.texts.looking : this.texts.typing;
      return said.replace("{name}", name || this.texts.they);
    });
    const text = words.join(" · ");
    if (this.place.textContent !== text) this.place.textContent = text;
  }
}
