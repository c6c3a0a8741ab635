// On the privacy page: the pictures that the service keeps from this device, each with a button to withdraw it.
import { when } from "./formatting.js";
import { $, make } from "./dom.js";
import { storedContributions, withdrawButton } from "./contributions.js";
import { say } from "./strings.js";

const list = $("kept-list"), news = $("kept-news");

function row(kept) {
  const words = say("keep.row", { kept: when(kept.kept_at), until: when(kept.expires_at) });
  const item = make("li", {}, make("span", { textContent: words }));
  const back = withdrawButton(kept, news, () => {
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

list.replaceChildren(...storedContributions().map(row));
show();
$("kept").hidden = false;
