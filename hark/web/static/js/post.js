// Sends a small form by script, with the token of this session that every page carries.
export function token() {
  return document.querySelector("meta[name=form-token]")?.content ?? "";
}

export function post(path, fields = {}, more = {}) {
  return fetch(path, { method: "POST", headers: { "X-Form-Token": token() }, body: new URLSearchParams(fields), ...more });
}
