// The pictures that this device let the service keep: never the picture, only what it takes to take it back.
import { make } from "./dom.js";
import { call } from "./service.js";
import { recall, remember } from "./store.js";
import { problem, say } from "./strings.js";

const KEY = "kept";

// [{id, secret, expires_at, kept_at}], without those whose time is over.
export const keptPictures = () => (recall(KEY) ?? []).filter(({ expires_at }) => Date.parse(expires_at) > Date.now());

// False when this device may not remember anything.
export function noteKept(kept) {
  remember(KEY, [...keptPictures(), { ...kept, kept_at: new Date().toISOString() }]);
  return keptPictures().some(({ id }) => id === kept.id);
}

// Whether the service still had it; in either case it has it no more. Raises Trouble when nobody knows.
async function takeBack({ id, secret }) {
  let had = true;
  await call("DELETE", `/v1/contributions/${id}`, { secret }).catch((error) => {
    if (error.code !== "unknown_contribution") throw error;
    had = false;
  });
  remember(KEY, keptPictures().filter((other) => other.id !== id));
  return had;
}

// Takes it back and says so in `news`; `gone()` follows, once it is.
export const takeBackButton = (kept, news, gone) => actionButton(say("keep.take_back"), news, async () => {
  try {
    const had = await takeBack(kept);
    gone();
    return say(had ? "keep.taken_back" : "keep.gone");
  } catch (error) {
    return say("keep.not_taken_back", { why: problem(error.code)[0] });
  }
});

// Pressed while `act` is under way, it does nothing; what `act` returns is said in `news`.
export function actionButton(label, news, act) {
  const button = make("button", { type: "button", className: "button", textContent: label });
  button.addEventListener("click", async () => {
    if (button.ariaDisabled === "true") return;
    button.ariaDisabled = "true";
    news.textContent = say("keep.working");
    news.textContent = await act();
    button.ariaDisabled = "false";
  });
  return button;
}
