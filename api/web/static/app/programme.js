// What the viewer is watching: an airing from the guide of that moment, or a programme that was prepared by hand.
import { span } from "./formatting.js";
import { $ } from "./dom.js";
import { call } from "./api.js";
import { choice, prepareSheet } from "./sheet.js";
import { problemText, say, sayCount } from "./strings.js";

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export class Programme {
  #dialog = $("programme-dialog");
  #status = $("programme-status");
  #search = $("programme-search");
  #chosen = null; // {title, fields}
  #offers = [];
  #changed;

  constructor(changed) {
    this.#changed = changed;
    prepareSheet(this.#dialog);
    this.#search.addEventListener("input", () => this.#list());
  }

  get label() { return this.#chosen?.title ?? say("question.any_programme"); }

  get title() { return this.#chosen?.title ?? null; }

  get fields() { return this.#chosen?.fields ?? {}; }

  forget() { this.#chosen = null; }

  // `showings` are the airings that the picture probably shows, from the answer: they are listed first.
  async open({ region, at, showings = [] }) {
    this.#search.value = "";
    this.#offers = [];
    this.#list();
    this.#status.textContent = say("programme.loading");
    this.#dialog.showModal();
    const [guide, prepared] = await Promise.allSettled([guideOf(region, at), call("GET", "/v1/programmes")]);
    const likely = showings.filter(({ probability }) => probability >= 0.2).map(({ airing }) => airing.id);
    const airings = (guide.value?.channels ?? []).flatMap((channel) => channel.airings).map((airing) => onAir(airing, likely));
    this.#offers = [...airings.sort((one, other) => other.likely - one.likely), ...(prepared.value ?? []).map(anyTime)];
    this.#status.textContent = this.#offers.length ? "" : failure(guide);
    this.#list();
  }

  #list() {
    const wanted = fold(this.#search.value.trim());
    const found = this.#offers.filter(({ words }) => words.includes(wanted));
    this.#search.parentElement.hidden = this.#offers.length < 8;
    if (this.#offers.length) this.#status.textContent = found.length ? "" : say("programme.nothing");
    const any = { title: say("programme.any"), fields: {} };
    $("programmes").replaceChildren(...[...(wanted ? [] : [any]), ...found].map((offer) => choice({
      ...offer,
      isChosen: JSON.stringify(offer.fields) === JSON.stringify(this.fields),
      choose: () => this.#choose(offer),
    })));
  }

  #choose({ title, fields }) {
    this.#chosen = Object.keys(fields).length ? { title, fields } : null;
    this.#dialog.close();
    this.#changed();
  }
}

async function guideOf(region, at) {
  if (!region) return { channels: [] };
  return call("GET", `/v1/guide?${new URLSearchParams({ region, at })}`);
}

const failure = ({ reason }) => (reason ? problemText(reason.code).join(". ") : say("programme.empty"));

function onAir(airing, likely) {
  const known = airing.cast ? sayCount("programme.known", airing.known, airing) : say("programme.no_cast");
  return {
    title: airing.title,
    detail: `${airing.channel.name} · ${span(airing.start, airing.stop)} · ${known}`,
    mark: likely.includes(airing.id) ? say("programme.likely") : "",
    likely: likely.includes(airing.id),
    words: fold(`${airing.title} ${airing.episode_title ?? ""} ${airing.channel.name}`),
    fields: { airing: String(airing.id) },
  };
}

const anyTime = ({ id, title, year }) => ({
  title, detail: year ? String(year) : "", mark: say("programme.prepared"), words: fold(title), fields: { programme: String(id) },
});
