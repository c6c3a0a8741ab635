// Bottom sheets: dialogs that open at the bottom of a phone's screen, and the choices listed in them.
import { make } from "./dom.js";

export function prepareSheet(dialog) {
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); }); // the backdrop
}

export function choice({ title, detail = "", mark = "", isChosen = false, choose }) {
  const button = make("button", { type: "button", className: "choice", "aria-pressed": String(isChosen) },
    make("span", {}, make("b", { textContent: title }), detail ? make("small", { textContent: detail }) : null),
    mark ? make("span", { className: "mark", textContent: mark }) : null);
  button.addEventListener("click", choose);
  return make("li", {}, button);
}
