// The pictures that this device let the service keep, each with the way to take it back.
import { when } from "./clock.js";
import { $, make } from "./dom.js";
import { keptPictures, takeBackButton } from "./kept.js";
import { say } from "./strings.js";

const list = $("kept-list"), news = $("kept-news");

function row(kept) {
  const words = say("keep.row", { kept: when(kept.kept_at), until: when(kept.expires_at) });
  const item = make("li", {}, make("span", { textContent: words }));
  const back = takeBackButton(kept, news, () => {
    item.remove();
    show();
    news.focus({ preventScroll: true });
  });
  back.setAttribute("aria-label", `${back.textContent}: ${words}`);
  item.append(back);
  return item;
}

function show() {
  list.hidden = !list.childElementCount;
  $("kept-none").hidden = !list.hidden;
}

list.replaceChildren(...keptPictures().map(row));
show();
$("kept").hidden = false;
