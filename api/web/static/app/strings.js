// The texts of the page in the language that the server chose. Each language is one file, which the templates use too.
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

// Like `say`, but the values may be nodes: returns a list of texts and nodes.
export const phrase = (key, values) => find(key).split(/\{(\w+)\}/).map((part, index) => (index % 2 ? values[part] : part));

export const sayCount = (key, count, values = {}) => say(`${key}_${plural.select(count) === "one" ? "one" : "other"}`, { count, ...values });

// The name of a part of a country; undefined if its name is the same in every language.
export const partName = (code) => strings.regions[code];

// [what went wrong, what to do] for the code of a problem; for an unknown code, those of an internal error.
export const problemText = (code) => strings.problems[code] ?? strings.problems.internal;
