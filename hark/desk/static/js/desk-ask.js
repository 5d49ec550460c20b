// How the desk asks the server: blocks of its own pages, and acts whose answer is a line of JSON.
const token = () => document.querySelector("meta[name=form-token]").content;

export async function block(path, name) {
  const answer = await fetch(path, { headers: { "Hark-Fragment": name } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.text();
}

export async function act(path, fields = {}, more = {}) {
  const body = fields instanceof FormData ? fields : new FormData();
  if (body !== fields) for (const [name, value] of Object.entries(fields)) body.append(name, value);
  body.set("form_token", token());
  const headers = { Accept: "application/json", "X-Form-Token": token() };
  const answer = await fetch(path, { method: "POST", body, headers, ...more });
  const kind = answer.headers.get("content-type") ?? "";
  if (answer.ok) return kind.includes("json") ? answer.json() : {};
  const said = kind.includes("html") ? new DOMParser().parseFromString(await answer.text(), "text/html") : undefined;
  throw new Refused(said?.querySelector(".empty p")?.textContent || String(answer.status));
}

// The server heard and said no; anything else is a line that broke.
export class Refused extends Error {}

export function toast(words, undo, bad = false) {
  const place = document.querySelector(".toasts");
  const toast = document.createElement("hark-toast");
  toast.className = `toast${bad ? " bad" : ""}`;
  toast.append(Object.assign(document.createElement("span"), { textContent: words }));
  if (undo) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent: undo.words });
    button.dataset.command = "undo";
    button.addEventListener("click", () => { toast.remove(); undo.act(); });
    toast.append(button);
  }
  place.replaceChildren(toast);
}
