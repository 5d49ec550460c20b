// Hello: tells the door who this browser is and where, and gets a secret, the thread so far, and whether somebody is there.
import { Store } from "./store.js";

export async function hello(element, settings, home) {
  const store = new Store(settings.source), kept = store.read();
  const identity = element.getAttribute("identity") || undefined;
  // The site no longer says who this is: they have signed out, and the thread of their account goes with them.
  const visitor = kept.known && !identity ? undefined : kept.visitor;
  const told = await ask(home, settings.source, "hello", {
    visitor, identity, anonymous_id: anonymous(element), language: element.language, path: location.pathname,
  });
  store.keep({ visitor: told.visitor, known: told.known, talking: told.changes.length > 0 });
  return told;
}

// A POST that needs no permission of the browser beforehand (text/plain), so it is one way and not two.
export async function ask(home, source, what, body, seconds = 20) {
  const answer = await fetch(`${home}/chat/${source}/${what}`, {
    method: "POST", body: JSON.stringify(body), headers: { "content-type": "text/plain" },
    credentials: "omit", signal: AbortSignal.timeout(seconds * 1000),
  });
  if (!answer.ok) {
    const error = new Error(`${what}: ${answer.status}`);
    error.status = answer.status;
    error.after = Number(answer.headers.get("retry-after")) || undefined;
    throw error;
  }
  return answer.json();
}

// What the site's own collection calls this browser, where it can be seen.
export function anonymous(element) {
  if (element.getAttribute("anonymous-id")) return element.getAttribute("anonymous-id");
  try {
    const kept = localStorage.getItem("ajs_anonymous_id") ?? document.cookie.match(/(?:^|; )ajs_anonymous_id=([^;]+)/)?.[1];
    return kept ? decodeURIComponent(kept).replaceAll('"', "") : undefined;
  } catch { return undefined; }
}
