// Keeps the desk true without flicker: hears by topic what changed, and asks for the blocks that show it.
import { watch } from "./live.js";

const GAP = 1000; // ms between two questions for the same thing

// Calls `ask` at once, then not more often than every GAP, and always once after the last call.
export function gently(ask, gap = GAP) {
  let running = false, again = false;
  return async function run() {
    if (running) { again = true; return; }
    running = true;
    try {
      await ask();
    } catch { /* the line is broken: live.js comes back and calls again */ }
    setTimeout(() => {
      running = false;
      if (again) { again = false; run(); }
    }, gap);
  };
}

// Follows a topic; `presence` hears who looks and who types.
export function follow(topic, changed, presence) {
  return watch(topic, changed, { presence, reset: changed });
}
