// Where the viewer watches: a region, which is chosen and remembered, or the location, which serves one question only.
import { regionName } from "./formatting.js";
import { $ } from "./dom.js";
import { call } from "./api.js";
import { choice, prepareSheet } from "./sheet.js";
import { recall, remember } from "./store.js";
import { say } from "./strings.js";

const REMEMBERED = "region";
const LOCATING = { timeout: 10000, maximumAge: 600000 };

export class Place {
  #dialog = $("place-dialog");
  #status = $("place-status");
  #regions = [];
  #region = recall(REMEMBERED); // {code, name, isGuess}
  #coordinates = null;
  #changed;

  constructor(changed) {
    this.#changed = changed;
    prepareSheet(this.#dialog);
    $("locate").addEventListener("click", () => this.#locate());
  }

  get isKnown() { return this.#coordinates !== null || this.#region !== null; }

  get label() {
    if (this.#coordinates) return say("question.my_location");
    return this.#region ? regionName(this.#region) : say("question.place_unknown");
  }

  get fields() { return this.#coordinates ?? (this.#region ? { region: this.#region.code } : {}); }

  // Loads the regions. On the first visit, the region whose time zone is the viewer's is assumed.
  async load() {
    this.#status.textContent = say("place.loading");
    try {
      this.#regions = await call("GET", "/v1/regions");
    } catch {
      this.#status.textContent = say("place.unreachable");
      return;
    }
    this.#status.textContent = this.#regions.length ? "" : say("place.none");
    this.#regions.sort((one, other) => !one.indexed_from - !other.indexed_from || regionName(one).localeCompare(regionName(other)));
    if (!this.#regions.some(({ code }) => code === this.#region?.code)) this.#region = null;
    if (!this.#region || this.#region.isGuess) this.#guess();
    this.#list();
  }

  open() {
    if (!this.#regions.length) this.load();
    this.#dialog.showModal();
  }

  // Remembers the region that the service found for the location, and forgets the location.
  settle({ code, name }) {
    if (!this.#coordinates) return;
    this.#coordinates = null;
    this.#keep({ code, name });
  }

  #guess() {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const served = this.#regions.filter(({ indexed_from }) => indexed_from);
    const likely = this.#regions.find(({ time_zone }) => time_zone === zone) ?? (served.length === 1 ? served[0] : null);
    if (likely) this.#keep({ code: likely.code, name: likely.name, isGuess: true });
  }

  #keep(region) {
    this.#region = region;
    remember(REMEMBERED, region);
    this.#list();
  }

  #list() {
    $("regions").replaceChildren(...this.#regions.map((region) => choice({
      title: regionName(region),
      detail: region.indexed_from ? "" : say("place.not_indexed"),
      isChosen: !this.#coordinates && region.code === this.#region?.code,
      choose: () => this.#choose(region),
    })));
  }

  #choose({ code, name }) {
    this.#coordinates = null;
    this.#keep({ code, name });
    this.#dialog.close();
    this.#changed();
  }

  #locate() {
    this.#status.textContent = say("place.locating");
    const refuse = (error) => { this.#status.textContent = say(error?.code === 1 ? "place.refused" : "place.unknown"); };
    if (!navigator.geolocation) refuse();
    else navigator.geolocation.getCurrentPosition(({ coords }) => this.#use(coords), refuse, LOCATING);
  }

  #use({ latitude, longitude }) {
    this.#coordinates = { lat: latitude, lon: longitude };
    this.#status.textContent = "";
    this.#list();
    this.#dialog.close();
    this.#changed();
  }
}
