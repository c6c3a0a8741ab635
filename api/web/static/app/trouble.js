// Says what went wrong and what to do, with the buttons that do it. The picture stays.
import { make } from "./dom.js";
import { problem, say, sayCount } from "./strings.js";

const PLACE = ["place_missing", "place_incomplete", "place_ambiguous", "impossible_coordinates", "at_sea", "outside_every_region", "unknown_region"];
const PROGRAMME = ["unknown_channel", "unknown_airing", "unknown_programme", "ambiguous_programme"];
const PICTURE = ["unreadable", "not_a_picture", "broken_picture", "picture_too_complex", "empty_picture", "picture_too_small", "too_many_pictures", "no_face"];
const WAYS = new Map([
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
const AUTOMATIC = 3; // times in a row that a busy service is asked again without a touch

export class TroubleView {
  #place;
  #ways;
  #shown = null;
  #timer = null;
  #automatic = 0;

  // `ways` are the functions behind the buttons, by name: again, another, place, moment, programme.
  constructor(place, ways) {
    this.#place = place;
    this.#ways = ways;
    window.addEventListener("online", () => { if (CONNECTION.has(this.#shown?.code)) this.#write(say("trouble.back")); });
  }

  show(trouble) {
    this.clear();
    this.#shown = trouble;
    this.#write();
    if (trouble.retryAfter && this.#automatic < AUTOMATIC) this.#countDown(trouble.retryAfter);
  }

  clear() {
    clearInterval(this.#timer);
    this.#shown = null;
    this.#place.replaceChildren();
  }

  // An answer came: the next busy moment starts counting anew.
  calm() { this.#automatic = 0; }

  #write(news = "") {
    const [title, advice] = problem(this.#shown.code);
    const buttons = (WAYS.get(this.#shown.code) ?? ["again"]).map((way, index) => this.#button(way, index === 0));
    this.#place.replaceChildren(
      make("h2", { textContent: news || title }), make("p", { textContent: news ? say("trouble.kept") : advice }),
      make("p", { className: "count", role: "timer" }), make("div", { className: "row" }, ...buttons));
    buttons[0].focus();
    this.#place.scrollIntoView({ block: "nearest" });
  }

  #button(way, isFirst) {
    const button = make("button", { type: "button", className: isFirst ? "button primary" : "button", textContent: say(`trouble.${way}`) });
    button.addEventListener("click", this.#ways[way]);
    return button;
  }

  #countDown(seconds) {
    let left = Math.ceil(seconds);
    const count = this.#place.querySelector(".count");
    const tick = () => {
      count.textContent = sayCount("trouble.again_in", left);
      if (left <= 0) { this.#automatic += 1; this.#ways.again(); }
      left -= 1;
    };
    tick();
    this.#timer = setInterval(tick, 1000);
  }
}
