// The viewfinder and the button below it: opens the camera in the page, or offers the phone's camera app where the page
// has no camera.
import { Camera, isAllowed } from "./camera.js";
import { $ } from "./dom.js";
import { Problem } from "./api.js";
import { say } from "./strings.js";

const FRAMES = 3, GAP_MS = 150;

export class Viewfinder {
  #video = $("viewfinder");
  #shutter = $("shutter");
  #camera = new Camera(this.#video);
  #changed;
  #isWanted = false;

  // `changed(text)` is called when the camera opens or cannot be opened, with a text for the viewer.
  constructor(changed) {
    this.#changed = changed;
    document.addEventListener("visibilitychange", () => this.#followVisibility());
  }

  get isLive() { return this.#camera.isLive; }

  async open() {
    this.#isWanted = true;
    try {
      await this.#camera.open();
      if (!this.#isWanted) return this.#camera.close(); // the viewer chose a file meanwhile
      this.#video.hidden = false;
      this.#changed(say("aim.live"));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.#usePhone();
      this.#changed(`${say(`aim.${error.code}`)} ${say(`aim.${error.code}_advice`)}`);
    }
  }

  async openIfAllowed() { if (await isAllowed()) await this.open(); }

  close() {
    this.#isWanted = false;
    this.#camera.close();
    this.#video.hidden = true;
  }

  async burst() {
    this.#shutter.disabled = true;
    $("stage").classList.add("flash");
    try {
      return await this.#camera.burst(FRAMES, GAP_MS);
    } finally {
      $("stage").classList.remove("flash");
      this.#shutter.disabled = false;
      this.close();
    }
  }

  focus() {
    if (this.#shutter.hidden) $("phone").querySelector("input").focus();
    else this.#shutter.focus();
  }

  #usePhone() {
    const hadFocus = document.activeElement === this.#shutter;
    this.#shutter.hidden = true;
    $("phone").hidden = false;
    if (hadFocus) this.focus();
  }

  #followVisibility() {
    if (document.hidden && this.isLive) {
      this.#camera.close();
    } else if (!document.hidden && this.#isWanted && !this.isLive) {
      this.open();
    }
  }
}
