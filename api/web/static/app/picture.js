// The picture that is asked about: the frames of a burst, or one from elsewhere, in memory until the next one.
import { $ } from "./dom.js";
import { shrink } from "./shrink.js";

const SMALLER_SIDE = 720;

export class Picture {
  #figure = $("picture");
  #image = $("shown");
  frames = [];
  takenAt = null;

  get isThere() { return this.frames.length > 0; }

  async keep(frames) {
    this.frames = frames;
    this.takenAt = new Date();
    await this.show(0);
  }

  async show(index) {
    const before = this.#image.src;
    this.#image.src = URL.createObjectURL(this.frames[index]);
    if (before) URL.revokeObjectURL(before);
    this.#figure.hidden = false;
    await this.#image.decode();
    this.#figure.style.setProperty("--ratio", this.#image.naturalWidth / this.#image.naturalHeight);
  }

  drop() {
    this.frames = [];
    this.#figure.hidden = true;
  }

  // One frame, smaller: for a line or a service that could not take all of it.
  async reduce() { this.frames = [await shrink(this.frames[0], SMALLER_SIDE)]; }
}
