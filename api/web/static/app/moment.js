// The moment that is asked about: now, or a time that the viewer chooses, in local time.
import { inFull, localValue, when } from "./formatting.js";
import { $ } from "./dom.js";
import { choice, prepareSheet } from "./sheet.js";
import { say } from "./strings.js";

const FRESH_MINUTES = 10; // a picture taken less than this ago shows what is on now
const minutesBefore = (minutes) => new Date(Date.now() - minutes * 60000);

export class Moment {
  #dialog = $("moment-dialog");
  #at = null; // null: the time at which the picture was taken in the page
  #taken = null; // the time in the EXIF data of a chosen picture, if it is not about now
  #changed;
  #offered = null; // resolves the promise of `offer`

  constructor(changed) {
    this.#changed = changed;
    prepareSheet(this.#dialog);
    $("exact").addEventListener("submit", () => this.#choose(new Date($("at").value)));
    this.#dialog.addEventListener("close", () => this.#answerOffer());
  }

  get label() { return this.#at ? when(this.#at) : say("question.now"); }

  at(shotAt) { return this.#at ?? shotAt; }

  open() {
    this.#say(say("moment.title"), say("moment.why"));
    this.#list([
      ...(this.#taken ? [[say("moment.taken_use", { moment: when(this.#taken) }), this.#taken]] : []),
      [say("moment.now"), null],
      [say("moment.minutes_ago", { minutes: 30 }), minutesBefore(30)],
      [say("moment.hour_ago"), minutesBefore(60)],
    ]);
    this.#dialog.showModal();
  }

  // Another picture: the time of the previous one no longer applies.
  renew() {
    if (this.#at === this.#taken) this.#at = null;
    this.#taken = null;
  }

  // Offers the time at which the picture was taken, unless that is about now. Resolves once the viewer has chosen.
  offer(taken) {
    this.#taken = taken && Math.abs(Date.now() - taken) > FRESH_MINUTES * 60000 ? taken : null;
    if (!this.#taken) return Promise.resolve();
    this.#say(say("moment.taken_title"), say("moment.taken_why", { moment: inFull(this.#taken) }));
    this.#list([[say("moment.taken_use", { moment: when(this.#taken) }), this.#taken], [say("moment.taken_now"), null]]);
    this.#dialog.showModal();
    return new Promise((resolve) => { this.#offered = resolve; });
  }

  #say(title, why) {
    $("moment-title").textContent = title;
    $("moment-why").textContent = why;
    $("at").value = localValue(this.#at ?? this.#taken ?? new Date());
    $("at").max = localValue(minutesBefore(-14 * 24 * 60));
  }

  #list(moments) {
    $("moments").replaceChildren(...moments.map(([title, at]) => choice({
      title, isChosen: at?.getTime() === this.#at?.getTime(), choose: () => { this.#choose(at); this.#dialog.close(); },
    })));
  }

  #choose(at) {
    this.#at = at;
    if (!this.#offered) this.#changed();
  }

  #answerOffer() {
    this.#offered?.();
    this.#offered = null;
  }
}
