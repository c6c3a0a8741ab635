// What the page says, in the language that the server chose: one file a language, shared with the templates.
export const language = document.documentElement.lang;

const response = await fetch(new URL(`../strings/${language}.json`, import.meta.url));
const strings = await response.json();
const plural = new Intl.PluralRules(language);

function find(key) {
  const found = key.split(".").reduce((at, name) => at?.[name], strings);
  if (found === undefined) throw new Error(`There is no string ${key}`);
  return found;
}

export const say = (key, values = {}) => find(key).replace(/\{(\w+)\}/g, (_, name) => values[name]);

// The same as a list of texts and nodes, where values may be nodes.
export const phrase = (key, values) => find(key).split(/\{(\w+)\}/).map((part, index) => (index % 2 ? values[part] : part));

export const sayCount = (key, count, values = {}) => say(`${key}_${plural.select(count) === "one" ? "one" : "other"}`, { count, ...values });

// The name of a part of a country; nothing where it has one name in every language.
export const partName = (code) => strings.regions[code];

// What was wrong and what to do, for a problem's code; a code that is not known is our fault.
export const problem = (code) => strings.problems[code] ?? strings.problems.internal;
