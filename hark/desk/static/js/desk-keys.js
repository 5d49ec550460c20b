// The keys of the desk, read from the list that `?` shows: what is taught is what works. Three schemes: single letters, with
// Alt, and none, for readers and voice control that need the letters themselves.
const KEPT = "hark-keys-scheme";
const typing = (element) => element?.closest?.("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");

export class Keys {
  #before = "";

  constructor(desk) {
    this.desk = desk;
    this.list = [...document.querySelectorAll("#desk-keys dd[data-command]")];
    this.scheme = localStorage.getItem(KEPT) ?? "letters";
    this.#teach();
    document.addEventListener("keydown", (event) => this.#press(event), true);
    document.addEventListener("hark-command", (event) => { this.run(event.detail); });
  }

  // What the command bar offers: every command with its key.
  get commands() {
    return this.list.map((line) => ({ name: line.dataset.command, title: line.dataset.title, keys: this.#keysOf(line) }));
  }

  run(name) {
    const { desk } = this;
    const does = {
      next: () => desk.step(1),
      previous: () => desk.step(-1),
      reply: () => desk.composer?.begin("reply"),
      note: () => desk.composer?.begin("note"),
      send: () => desk.composer?.send(""),
      "send-close": () => desk.composer?.send("close"),
      attach: () => desk.composer?.pick(),
      close: () => press(desk, "[data-command=close], [data-command=reopen]"),
      "close-next": () => { press(desk, "[data-command=close]"); desk.step(1); },
      unread: () => press(desk, "[data-command=unread]"),
      take: () => press(desk, "[data-command=take]"),
      snooze: () => unfold(desk, "snooze"),
      assign: () => unfold(desk, "assign"),
      tag: () => { unfold(desk, "more"); desk.querySelector("[data-tag]")?.focus(); },
      "look-before": () => look(desk, -1),
      "look-after": () => look(desk, 1),
      person: () => { desk.classList.toggle("shows-person"); desk.querySelector(".beside-head a")?.focus(); },
      undo: () => (document.querySelector(".toasts [data-command=undo], .stream hark-undo button") ?? { click() {} }).click(),
      list: () => desk.toList(),
      inbox: () => location.assign("/inbox"),
      people: () => location.assign("/people"),
      find: () => location.assign("/find"),
    }[name];
    does?.();
    return Boolean(does);
  }

  #press(event) {
    if (event.isComposing || document.querySelector("dialog[open]")) return;
    const pressed = spelled(event);
    if (pressed === "Escape") return this.#escape(event);
    const inText = typing(event.target);
    if (inText && !/^(Ctrl|Alt)/.test(pressed)) return;
    if (this.scheme === "none" && !pressed.startsWith("Ctrl+")) return;
    const both = `${this.#before} ${pressed}`;
    const named = (keys) => this.list.find((line) => this.#keysOf(line) === keys)?.dataset.command;
    const command = named(both) ?? (this.#before === "g" ? undefined : named(pressed));
    this.#before = pressed;
    if (!command) return;
    if (command === "send" && !event.target.closest("hark-composer")) return;
    event.preventDefault();
    event.stopPropagation();
    this.run(command);
  }

  #escape(event) {
    const open = event.target.closest?.("details[open]");
    if (open || !event.target.closest?.("hark-composer") || event.defaultPrevented) return;
    if (this.desk.querySelector(".suggestions")?.hidden === false) return;
    event.target.blur();
    (this.desk.here ?? this.desk.stream)?.focus({ preventScroll: true });
  }

  #keysOf(line) {
    return this.scheme === "alt" ? line.dataset.alt : line.dataset.keys;
  }

  #teach() {
    const place = document.querySelector("hark-keys dialog .inside");
    const own = document.getElementById("desk-keys");
    if (!place || !own) return;
    own.hidden = false;
    place.append(own);
    for (const radio of own.querySelectorAll("[name=scheme]")) {
      radio.checked = radio.value === this.scheme;
      radio.addEventListener("change", () => { localStorage.setItem(KEPT, this.scheme = radio.value); this.#spell(); });
    }
    this.#spell();
  }

  #spell() {
    document.documentElement.dataset.keys = this.scheme; // the keys of every page listen to it too
    for (const line of this.list) {
      const keys = this.scheme === "none" && !line.dataset.keys.startsWith("Ctrl") ? "" : this.#keysOf(line);
      line.replaceChildren(...keys.split(/[ +]/).filter(Boolean).map((key) => Object.assign(document.createElement("kbd"), { textContent: key })));
    }
  }
}

function spelled(event) {
  const key = event.altKey && /^Key|^Bracket/.test(event.code) ? { BracketLeft: "[", BracketRight: "]" }[event.code] ?? event.code.slice(3).toLowerCase() : event.key;
  const held = [event.ctrlKey || event.metaKey ? "Ctrl" : "", event.altKey ? "Alt" : ""].filter(Boolean);
  const letter = key.length === 1 && event.shiftKey && /[a-z]/i.test(key);
  if (letter || (event.shiftKey && key.length > 1)) held.push("Shift");
  return [...held, key.length === 1 ? key.toLowerCase() : key].join("+");
}

const press = (desk, which) => desk.querySelector(`.thread-head :is(${which})`)?.click();

function unfold(desk, name) {
  const pop = desk.querySelector(`[data-act=${name}]`);
  if (!pop) return;
  pop.open = true;
  pop.querySelector(".panel :is(button, a, input:not([type=hidden]))")?.focus();
}

function look(desk, by) {
  const looks = [...desk.querySelectorAll(".looks [data-look]")];
  const at = looks.findIndex((one) => one.hasAttribute("aria-current"));
  looks[(at + by + looks.length) % looks.length]?.click();
}
