// The offer below an answer to let the service keep the picture ("May we keep this picture?"), made for each picture.
import { inFull } from "./formatting.js";
import { $, make } from "./dom.js";
import { actionButton, rememberContribution, withdrawButton } from "./contributions.js";
import { phrase, problemText, say } from "./strings.js";

const LOST = new Set(["unreachable", "slow"]); // the app cannot know whether the picture arrived

const soft = (...words) => make("p", { className: "soft" }, ...words);

export class ContributionOffer {
  #place = $("keep"); // null where the service keeps no pictures
  #send;
  #offer = null; // the element about the current picture

  // `send()` sends the picture again for the service to keep, and resolves to the `kept` of the answer.
  constructor(send) { this.#send = send; }

  // Another picture: the offer starts again.
  renew() { this.#offer = null; }

  hide() { if (this.#place) this.#place.hidden = true; }

  show() {
    if (!this.#place) return;
    this.#offer ??= this.#ask(make("div"));
    this.#place.replaceChildren(this.#offer);
    this.#place.hidden = false;
  }

  #ask(offer) {
    const { days } = this.#place.dataset;
    const news = make("p", { className: "status", role: "status", tabIndex: -1 });
    const yes = actionButton(say("keep.yes"), news, () => this.#keep(offer, news, days));
    offer.append(make("h3", { textContent: say("keep.question") }), soft(say("keep.why", { days })), news, yes);
    return offer;
  }

  async #keep(offer, news, days) {
    try {
      const kept = await this.#send();
      if (!kept) return say("keep.none");
      thank(offer, news, kept);
      return say("keep.until", { date: inFull(kept.expires_at) });
    } catch (error) {
      return LOST.has(error.code) ? say("keep.unsure", { days }) : say("keep.failed", { why: problemText(error.code)[0] });
    }
  }
}

function thank(offer, news, kept) {
  const page = make("a", { href: "/privacy#kept", textContent: say("site.promise_link") });
  const later = rememberContribution(kept) ? soft(...phrase("keep.later", { page })) : soft(say("keep.only_here"));
  const heading = make("h3", { textContent: say("keep.thanks") });
  const back = withdrawButton(kept, news, () => {
    offer.replaceChildren(news);
    news.focus({ preventScroll: true });
  });
  offer.replaceChildren(heading, news, later, back);
  back.focus({ preventScroll: true });
}
