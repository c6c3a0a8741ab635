// Shows the answer about one face.
import { percent, span } from "./formatting.js";
import { make } from "./dom.js";
import { phrase, say, sayCount } from "./strings.js";

const SURE = [[0.95, "almost"], [0.8, "very"], [0.6, "likely"], [0.35, "even"], [0, "guess"]];
const PROBABLE = 0.8; // from here on, an uncertain answer is called likely
const LIKELY = 0.5; // from here on, the summary says which airing the picture shows
const CROP = 1.7; // side of the square crop around the face, relative to the longer side of its box
const CROP_PIXELS = 320;

const line = (className, ...children) => make("p", { className }, ...children);
const cite = (title) => make("cite", { textContent: title });

// `choose` opens the list of programmes, `frame` is the picture that the face is in, `watching` is the title of the
// programme that the viewer chose, or null.
export function explain(face, answer, { frame, choose, watching }) {
  return face.best ? named(face, answer, { frame, choose, watching }) : absent(face, answer, { choose, watching });
}

// How many faces there are; and which airing is probably on, unless the viewer chose one or a match already says so.
export function summary(answer, watching) {
  const found = sayCount("answer.found", answer.faces.length);
  const [likeliest] = answer.showings;
  const isSaid = watching || answer.faces.some(({ verdict }) => verdict === "match");
  if (isSaid || !likeliest || likeliest.probability < LIKELY) return found;
  return `${found} ${say("answer.looks_like", { title: likeliest.airing.title, channel: likeliest.airing.channel.name })}.`;
}

function named(face, answer, { frame, choose, watching }) {
  const { best } = face;
  const isSure = face.verdict === "match";
  return [
    line(`verdict ${face.verdict}`, ...likelihood(best.probability, isSure)),
    make("h2", { textContent: isSure ? best.name : say("answer.perhaps", { name: best.name }) }),
    ...best.appearances.slice(0, 2).flatMap((appearance) => appears(appearance, answer)),
    isSure ? null : way(choose, watching),
    make("div", { className: "pair" }, yours(face, frame), reference(best)),
    seen(best),
    others(face, answer, say("answer.others")),
    isSure ? choosing(choose, "choose_quiet", "button quiet") : null,
    fine(face, answer),
  ];
}

function absent(face, answer, { choose, watching }) {
  const { people, known } = answer.candidates;
  return [
    line("verdict", say("answer.absent")),
    make("h2", { textContent: watching ? say("answer.absent_title_in", { title: watching }) : say("answer.absent_title") }),
    line("", say(watching ? "answer.absent_why_in" : "answer.absent_why", { people, known })),
    way(choose, watching),
    others(face, answer, say("answer.nearest")),
    face.calibrated ? null : line("fine", say("answer.rough")),
  ];
}

function figure(probability) {
  if (probability < 0.01) return say("answer.under", { percent: percent(0.01) });
  return percent(Math.min(0.99, probability));
}

function likelihood(probability, isSure) {
  const unsure = probability >= PROBABLE ? "answer.probable" : "answer.uncertain";
  const word = isSure ? `answer.sure.${SURE.find(([least]) => probability >= least)[1]}` : unsure;
  return [say(word), make("b", { textContent: figure(probability) })];
}

// The person's part in the airing, or in the prepared programme, which has no airing.
function part({ character, job, airing }, answer) {
  const key = job === "guest" ? "guest_in" : job === "presenter" ? "presenter_in" : character ? "as_in" : "in";
  return phrase(`answer.${key}`, { character, title: cite((airing ?? answer.programme).title) });
}

function appears(appearance, answer) {
  const { airing } = appearance;
  return [
    line("part", ...part(appearance, answer)),
    airing ? line("on", `${airing.channel.name} · ${span(airing.start, airing.stop)}`) : null,
  ];
}

function choosing(choose, key, className) {
  const button = make("button", { type: "button", className, textContent: say(`answer.${key}`) });
  button.addEventListener("click", choose);
  return button;
}

// What the viewer can do when no answer is sure: choose the programme.
const way = (choose, watching) => make("div", { className: "way" },
  watching ? null : make("p", { textContent: say("answer.uncertain_advice") }),
  choosing(choose, watching ? "choose_other" : "choose", "button primary"));

// The face cropped from the viewer's picture, to be shown beside the reference photo.
function yours(face, frame) {
  const canvas = make("canvas", { width: CROP_PIXELS, height: CROP_PIXELS, role: "img", "aria-label": say("answer.yours") });
  const { left, top, width, height } = face.box;
  const side = Math.ceil(Math.max(width, height) * CROP);
  createImageBitmap(frame, Math.round(left + (width - side) / 2), Math.round(top + (height - side) / 2), side, side)
    .then((crop) => canvas.getContext("2d").drawImage(crop, 0, 0, CROP_PIXELS, CROP_PIXELS));
  return make("figure", {}, canvas, make("figcaption", { textContent: say("answer.yours") }));
}

function reference({ name, photo }) {
  const image = make("img", { src: photo.url, alt: say("answer.reference", { name }), width: CROP_PIXELS, height: CROP_PIXELS });
  return make("figure", {}, image, make("figcaption", { textContent: say("answer.credit", { credit: photo.credit }) }));
}

function seen({ name, latest_credit: credit }) {
  if (!credit) return null;
  const title = make("span", {}, credit.year ? phrase("answer.title.year", { title: cite(credit.title), year: credit.year }) : cite(credit.title));
  if (credit.character) title.append(say("answer.title.as", { character: credit.character }));
  if (credit.co_star) title.append(say("answer.title.with", { co_star: credit.co_star }));
  return line("seen", ...phrase("answer.seen", { name, title }));
}

function others(face, answer, heading) {
  if (!face.alternatives.length) return null;
  const rows = face.alternatives.map(({ name, photo, probability, appearances: [appearance] }) => make("li", {},
    make("img", { src: photo.url, alt: "", width: 48, height: 48 }),
    make("span", {}, make("b", { textContent: name }), appearance ? make("small", {}, part(appearance, answer)) : null),
    make("span", { className: "number", textContent: figure(probability) })));
  const credits = new Set(face.alternatives.map(({ photo }) => photo.credit));
  return make("section", { className: "others" }, make("h3", { textContent: heading }), make("ul", {}, rows),
    line("fine", say("answer.credit", { credit: [...credits].join(", ") })));
}

function fine(face, answer) {
  return line("fine", say("answer.compared", answer.candidates), face.calibrated ? "" : ` ${say("answer.rough")}`);
}
