// Shows what went wrong and what to do, with a button for each action. The picture stays.
import { make } from "./dom.js";
import { problemText, say, sayCount } from "./strings.js";

const PLACE = ["place_missing", "place_incomplete", "place_ambiguous", "impossible_coordinates", "at_sea", "outside_every_region", "unknown_region"];
const PROGRAMME = ["unknown_channel", "unknown_airing", "unknown_programme", "ambiguous_programme"];
const PICTURE = ["unreadable", "not_a_picture", "broken_picture", "picture_too_complex", "empty_picture", "picture_too_small", "too_many_pictures", "no_face"];
const ACTIONS = new Map([
  ...PLACE.map((code) => [code, ["place"]]),
  ...PROGRAMME.map((code) => [code, ["programme"]]),
  ...PICTURE.map((code) => [code, ["another"]]),
  ["no_gallery", ["moment", "place"]],
  ["no_known_faces", ["again", "programme", "moment"]],
  ["cancelled", ["again", "another"]],
  ["malformed_time", ["moment"]],
  ["time_without_zone", ["moment"]],
]);
const CONNECTION = new Set(["offline", "unreachable"]);
const MAX_RETRIES = 3; // how often a busy service is asked again automatically

export class ProblemView {
  #place;
  #actions;
  #shown = null;
  #timer = null;
  #retries = 0;

  // `actions` are the functions behind the buttons, by name: again, another, place, moment, programme.
  constructor(place, actions) {
    this.#place = place;
    this.#actions = actions;
    window.addEventListener("online", () => { if (CONNECTION.has(this.#shown?.code)) this.#write(say("problem_view.back")); });
  }

  show(problem) {
    this.clear();
    this.#shown = problem;
    this.#write();
    if (problem.retryAfter && this.#retries < MAX_RETRIES) this.#countDown(problem.retryAfter);
  }

  clear() {
    clearInterval(this.#timer);
    this.#shown = null;
    this.#place.replaceChildren();
  }

  // An answer came: the next time the service is busy, counting starts again.
  resetRetries() { this.#retries = 0; }

  #write(news = "") {
    const [title, advice] = problemText(this.#shown.code);
    const buttons = (ACTIONS.get(this.#shown.code) ?? ["again"]).map((action, index) => this.#button(action, index === 0));
    this.#place.replaceChildren(
      make("h2", { textContent: news || title }), make("p", { textContent: news ? say("problem_view.kept") : advice }),
      make("p", { className: "count", role: "timer" }), make("div", { className: "row" }, ...buttons));
    buttons[0].focus();
    this.#place.scrollIntoView({ block: "nearest" });
  }

  #button(action, isFirst) {
    const button = make("button", { type: "button", className: isFirst ? "button primary" : "button", textContent: say(`problem_view.${action}`) });
    button.addEventListener("click", this.#actions[action]);
    return button;
  }

  #countDown(seconds) {
    let left = Math.ceil(seconds);
    const count = this.#place.querySelector(".count");
    const tick = () => {
      count.textContent = sayCount("problem_view.again_in", left);
      if (left <= 0) { this.#retries += 1; this.#actions.again(); }
      left -= 1;
    };
    tick();
    this.#timer = setInterval(tick, 1000);
  }
}
