// Fills a <template> of the page: the words and the markup stand in HTML, only values come from here, as text.
//   data-text="person.name"  data-if="waiting"  data-unless="mine"  data-attr="href:link, title:name"  data-class="state"
const valueOf = (values, path) => path.split(".").reduce((value, name) => value?.[name], values);

export function fill(id, values) {
  const part = document.getElementById(id).content.cloneNode(true);
  for (const node of [...part.querySelectorAll("[data-if], [data-unless]")]) {
    const gone = ("if" in node.dataset && !valueOf(values, node.dataset.if)) || ("unless" in node.dataset && valueOf(values, node.dataset.unless));
    if (gone) node.remove();
  }
  for (const node of part.querySelectorAll("[data-text]")) node.textContent = valueOf(values, node.dataset.text) ?? "";
  for (const node of part.querySelectorAll("[data-class]")) {
    const name = valueOf(values, node.dataset.class);
    if (name) node.classList.add(...String(name).split(" "));
  }
  for (const node of part.querySelectorAll("[data-attr]")) {
    for (const pair of node.dataset.attr.split(",")) {
      const [name, path] = pair.trim().split(":");
      const value = valueOf(values, path);
      if (value !== undefined && value !== null && !(name === "href" && /^\s*(javascript|data|vbscript):/i.test(value))) node.setAttribute(name, value);
    }
  }
  return part;
}

// A word of the page's own language: <template id="phone-words"><i data-word="sent">sent</i>…
let words;
export function word(name) {
  words ??= new Map([...document.getElementById("phone-words").content.querySelectorAll("[data-word]")].map((node) => [node.dataset.word, node.textContent]));
  return words.get(name) ?? name;
}

const language = document.documentElement.lang || "en";
const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(language, { weekday: "short", day: "numeric", month: "short" });
const year = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", year: "numeric" });

export function when(text, now = new Date()) {
  if (!text) return "";
  const at = new Date(text);
  if (at.toDateString() === now.toDateString()) return clock.format(at);
  return at.getFullYear() === now.getFullYear() ? day.format(at) : year.format(at);
}

export const at = (text) => (text ? clock.format(new Date(text)) : "");
export const dayOf = (text) => day.format(new Date(text));
export const hue = (text) => `hue-${([...String(text)].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) >>> 0, 7) % 8) + 1}`;
export const initials = (name) => (name || "?").split(/\s+/).map((part) => [...part][0]).slice(0, 2).join("").toUpperCase();
