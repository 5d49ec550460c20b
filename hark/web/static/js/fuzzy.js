// Finds what is meant by few letters: all of them in their order, the better the closer together and at the start of words.
export function ranked(items, words, text) {
  const wanted = plain(words);
  if (!wanted) return items;
  return items
    .map((item, index) => ({ item, index, score: score(plain(text(item)), wanted) }))
    .filter((one) => one.score > 0)
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .map((one) => one.item);
}

export function score(text, wanted) {
  const whole = text.indexOf(wanted);
  if (whole >= 0) return 100 - whole + (whole === 0 || text[whole - 1] === " " ? 100 : 0) + wanted.length;
  let at = -1, sum = 0;
  for (const letter of wanted.replaceAll(" ", "")) {
    const next = text.indexOf(letter, at + 1);
    if (next < 0) return 0;
    sum += next === at + 1 ? 3 : next === 0 || text[next - 1] === " " ? 2 : 0.5;
    at = next;
  }
  return sum;
}

const plain = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").trim();
