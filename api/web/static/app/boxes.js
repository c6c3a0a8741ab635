// The boxes around the faces on the picture: buttons that work with touch, mouse and keyboard (Tab, arrows).
import { make } from "./dom.js";
import { say } from "./strings.js";

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
const share = (part, whole) => `${(part / whole) * 100}%`;

export function nameOf(face) {
  if (!face.best) return say("answer.not_known");
  return face.verdict === "match" ? face.best.name : say("answer.perhaps", { name: face.best.name });
}

// Draws a button for each face, from left to right, and calls `choose(face)` when one is pressed. Faces of other frames
// go to `elsewhere`. Returns the buttons by face.
export function drawFaces({ answer, onPicture, elsewhere, choose }) {
  const faces = [...answer.faces].sort((one, other) => one.box.left - other.box.left);
  const buttons = new Map();
  const press = (face) => {
    for (const [other, button] of buttons) button.setAttribute("aria-pressed", String(other === face));
    choose(face);
  };
  faces.forEach((face, index) => {
    const isHere = face.frame === answer.shown;
    const button = make("button", { type: "button", className: `${isHere ? "box" : "other"} ${face.verdict}`, "aria-pressed": "false" },
      make("span", { textContent: nameOf(face) }));
    button.setAttribute("aria-label", say("answer.face", { number: index + 1, count: faces.length, name: nameOf(face) }));
    button.addEventListener("click", () => press(face));
    button.addEventListener("keydown", (event) => move(event, [...buttons.values()]));
    if (isHere) putOn(button, face.box, answer.picture);
    (isHere ? onPicture : elsewhere).append(button);
    buttons.set(face, button);
  });
  elsewhere.hidden = !elsewhere.childElementCount;
  return buttons;
}

function putOn(button, box, size) {
  const middle = (box.left + box.width / 2) / size.width;
  button.style.left = share(box.left + box.width / 2, size.width);
  button.style.top = share(box.top + box.height / 2, size.height);
  button.style.width = share(box.width, size.width);
  button.style.height = share(box.height, size.height);
  button.classList.toggle("low", (box.top + box.height) / size.height > 0.85);
  button.classList.toggle("at-left", middle < 0.25);
  button.classList.toggle("at-right", middle > 0.75);
}

function move(event, buttons) {
  const step = STEPS[event.key];
  if (!step) return;
  event.preventDefault();
  const next = buttons[(buttons.indexOf(event.currentTarget) + step + buttons.length) % buttons.length];
  next.focus();
  next.click();
}
