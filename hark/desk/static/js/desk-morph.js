// Puts fresh HTML where older HTML stands, touching only what differs: nothing flickers, nothing loses its focus, and what
// somebody has unfolded stays unfolded. Children are told apart by data-key.
export function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

// {name: content} of an answer made of <template data-for="name">.
export function parts(html) {
  return Object.fromEntries([...parsed(html).querySelectorAll("template[data-for]")].map((one) => [one.dataset.for, one.content]));
}

export function morph(place, fresh) {
  const before = new Map([...place.children].filter((one) => one.dataset.key).map((one) => [one.dataset.key, one]));
  let cursor = place.firstElementChild;
  const added = [];
  for (const child of [...fresh.children]) {
    const old = child.dataset.key ? before.get(child.dataset.key) : same(cursor, child);
    const kept = old && keep(old, child) ? old : child;
    if (old && kept !== old) old.replaceWith(kept);
    if (old) before.delete(child.dataset.key);
    if (!old && child.dataset.key) added.push(child);
    if (cursor === old && kept !== old) cursor = kept;
    if (kept === cursor) cursor = cursor.nextElementSibling;
    else place.insertBefore(kept, cursor);
  }
  while (cursor) {
    const next = cursor.nextElementSibling;
    if (!cursor.classList.contains("echo")) cursor.remove();
    cursor = next;
  }
  return added;
}

// Without a key: the same thing where it reads the same.
function same(cursor, child) {
  return cursor && !cursor.dataset.key && cursor.outerHTML === child.outerHTML ? cursor : undefined;
}

function keep(old, child) {
  if (old.outerHTML === child.outerHTML) return true;
  if (old.contains(document.activeElement) && document.activeElement !== old) return true;
  const open = old.querySelectorAll("details[open]");
  if (open.length) {
    const folds = [...child.querySelectorAll("details")];
    [...old.querySelectorAll("details")].forEach((fold, index) => { if (fold.open && folds[index]) folds[index].open = true; });
  }
  if (document.activeElement === old) queueMicrotask(() => child.focus({ preventScroll: true }));
  return false;
}
