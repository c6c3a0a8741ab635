// The pictures that the service keeps with this viewer's permission. The device stores only what is needed to withdraw
// them, never the pictures.
import { make } from "./dom.js";
import { call } from "./api.js";
import { recall, remember } from "./store.js";
import { problemText, say } from "./strings.js";

const KEY = "kept";

// [{id, secret, expires_at, kept_at}], without those that have expired.
export const storedContributions = () => (recall(KEY) ?? []).filter(({ expires_at }) => Date.parse(expires_at) > Date.now());

// Returns false when the browser does not let this device store anything.
export function rememberContribution(kept) {
  remember(KEY, [...storedContributions(), { ...kept, kept_at: new Date().toISOString() }]);
  return storedContributions().some(({ id }) => id === kept.id);
}

// Deletes the picture from the service; returns whether the service still had it. Throws a Problem if the outcome is
// not known.
async function withdraw({ id, secret }) {
  let had = true;
  await call("DELETE", `/v1/contributions/${id}`, { secret }).catch((error) => {
    if (error.code !== "unknown_contribution") throw error;
    had = false;
  });
  remember(KEY, storedContributions().filter((other) => other.id !== id));
  return had;
}

// A button that withdraws the picture, calls `gone()` when it is deleted, and reports in `news`.
export const withdrawButton = (kept, news, gone) => actionButton(say("keep.take_back"), news, async () => {
  try {
    const had = await withdraw(kept);
    gone();
    return say(had ? "keep.taken_back" : "keep.gone");
  } catch (error) {
    return say("keep.not_taken_back", { why: problemText(error.code)[0] });
  }
});

// A button that runs `act` and shows the text that it returns in `news`. Presses while `act` runs are ignored.
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
