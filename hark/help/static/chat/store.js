// What this browser keeps of a chat: the visitor's secret, and every message that has not reached us yet, each under its
// own name so that two tabs never overwrite one another. Where a browser keeps nothing, memory has to do.
const memory = new Map();

function storage(act, instead) {
  try { return act(localStorage); } catch { return instead(); }
}

export class Store {
  constructor(source) {
    this.name = `hark-chat:${source}`;
    this.prefix = `${this.name}:out:`;
  }

  read() {
    const text = storage((kept) => kept.getItem(this.name), () => memory.get(this.name));
    try { return JSON.parse(text || "{}"); } catch { return {}; }
  }

  keep(values) {
    const text = JSON.stringify({ ...this.read(), ...values });
    storage((kept) => kept.setItem(this.name, text), () => memory.set(this.name, text));
  }

  // Oldest first: names begin with the time.
  waiting() {
    const names = storage((kept) => Object.keys(kept), () => [...memory.keys()]).filter((name) => name.startsWith(this.prefix)).sort();
    return names.map((name) => {
      try { return JSON.parse(storage((kept) => kept.getItem(name), () => memory.get(name))); } catch { return null; }
    }).filter(Boolean);
  }

  add(item) {
    const name = this.#nameOf(item), text = JSON.stringify(item);
    storage((kept) => kept.setItem(name, text), () => memory.set(name, text));
  }

  remove(item) {
    const name = this.#nameOf(item);
    memory.delete(name);
    storage((kept) => kept.removeItem(name), () => undefined);
  }

  forget() {
    for (const item of this.waiting()) this.remove(item);
    memory.delete(this.name);
    storage((kept) => kept.removeItem(this.name), () => undefined);
  }

  #nameOf(item) {
    return this.prefix + item.order + ":" + item.id;
  }
}

let last = 0;

// An id that nobody else makes, and an order that follows the clock and never stands still.
export function stamp() {
  last = Math.max(last + 1, Date.now());
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return { order: String(last).padStart(15, "0"), id: [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("") };
}
