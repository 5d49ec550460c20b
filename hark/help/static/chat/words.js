// Texts with values in them. What the company says goes before what the widget says by itself.
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

export function words(texts, settings, language) {
  const given = Object.entries({ ...settings.words["*"], ...settings.words[language] }).filter(([, text]) => text);
  return { ...texts, ...Object.fromEntries(given) };
}
