// Keeps the desk true without flicker: hears by topic what changed, and asks for the blocks that show it.
import { watch } from "./live.js";

const GAP = 120; // ms between two questions for the same thing

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

// Follows a topic; falls back on the position of the whole log where the topic is not offered.
export function follow(topic, changed, presence) {
  const stops = [
    watch(topic, changed, { presence, reset: changed }),
    watch("pages", changed),
  ];
  return () => { for (const stop of stops) stop(); };
}
