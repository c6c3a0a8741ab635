// The picture that is asked about: the frames of a burst, or one chosen file. It is in memory until the next one.
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

  // Keeps one frame, made smaller, when the whole burst was too much for the connection or the service.
  async reduce() { this.frames = [await shrink(this.frames[0], SMALLER_SIDE)]; }
}
