// Shows how much of the picture is sent, then what the service does with it.
import { $ } from "./dom.js";
import { say } from "./strings.js";

const SLOW_AFTER_MS = 6000;

export class Progress {
  #status = $("status");
  #progress = $("progress");
  #timer = null;

  constructor(cancel) { $("cancel").addEventListener("click", cancel); }

  start(stage) {
    this.enter(stage);
    $("waiting").hidden = false;
    $("cancel").focus({ preventScroll: true });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => { this.#status.textContent = say("waiting.slow"); }, SLOW_AFTER_MS);
  }

  enter(stage) {
    this.#progress.removeAttribute("value");
    this.#status.textContent = say(`waiting.${stage}`);
  }

  show(share) { this.#progress.value = share * 100; }

  stop() {
    clearTimeout(this.#timer);
    $("waiting").hidden = true;
    this.#status.textContent = "";
  }
}
