// The camera in the page. It is on only between `open` and `close`, and never while the page is hidden.
import { Problem } from "./api.js";
import { toJpeg } from "./shrink.js";

const WANTED = { audio: false, video: { facingMode: { ideal: "environment" }, width: { ideal: 1920 }, height: { ideal: 1080 } } };
const REFUSED = new Set(["NotAllowedError", "SecurityError"]);
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

export class Camera {
  #video;
  #stream = null;

  constructor(video) { this.#video = video; }

  get isLive() { return this.#stream !== null; }

  // Throws the Problem `camera_refused` or `camera_absent`.
  async open() {
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia(WANTED);
    } catch (error) {
      throw new Problem(REFUSED.has(error.name) ? "camera_refused" : "camera_absent");
    }
    this.#video.srcObject = this.#stream;
    await this.#video.play();
  }

  // Takes several frames of one moment and shrinks them. Seeing each person more than once makes the answer surer.
  async burst(count, gapMs) {
    const frames = [];
    for (let taken = 0; taken < count; taken += 1) {
      if (taken) await pause(gapMs);
      frames.push(toJpeg(this.#video, this.#video.videoWidth, this.#video.videoHeight));
    }
    return Promise.all(frames);
  }

  close() {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.#video.srcObject = null;
  }
}

// Whether the viewer has already allowed the camera, so that it opens without a permission prompt.
export async function isAllowed() {
  try { return (await navigator.permissions.query({ name: "camera" })).state === "granted"; } catch { return false; }
}
