// The few pictures of the panel, drawn with one pen.
const PATHS = {
  close: "M6 6l12 12M18 6L6 18",
  more: "M12 5.500v.01M12 12v.01M12 18.500v.01",
  send: "M4.5 12L20 4.5 14.5 20l-3-6.500z M11.5 13.500L20 4.5",
  attach: "M20 11.500l-8 8a5 5 0 0 1-7-7l8.5-8.500a3.3 3.3 0 0 1 4.700 4.700L9.800 17a1.600 1.600 0 0 1-2.3-2.300l7.3-7.3",
  emoji: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8.5 14.500a4.5 4.5 0 0 0 7 0M9 9.500v.01M15 9.500v.01",
  file: "M14 3H6.500A1.5 1.5 0 0 0 5 4.500v15A1.5 1.5 0 0 0 6.5 21h11a1.5 1.5 0 0 0 1.5-1.500V8zM14 3v5h5",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7.500V12l3 2",
  sent: "M5 12.500l4.5 4.500L19 7",
  seen: "M2.5 12.500l4.5 4.5 9-10M11 16.500l.5.5 9.5-10",
  failed: "M12 7v6M12 16.500v.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
};

export const icon = (name) => `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="${PATHS[name]}"/></svg>`;
