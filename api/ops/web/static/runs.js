// Updates the running jobs every two seconds, while there are any and the page is visible.
const INTERVAL_MS = 2000;
let shown = stages(document);

function stages(page) {
  return [...page.querySelectorAll("[data-stage]")].map((element) => element.dataset.stage).join();
}

function span(seconds) {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${Math.round(seconds % 60)} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function show(stage) {
  const element = document.querySelector(`[data-stage="${stage.id}"]`);
  if (!element) return;
  const bar = element.querySelector("progress"), said = element.querySelector("[data-said]");
  if (stage.total) { bar.max = stage.total; bar.value = stage.done; } else bar.removeAttribute("value");
  const counted = (number) => number.toLocaleString("en").replaceAll(",", "\u202f");
  said.textContent = stage.doing ? `${stage.doing}: ${counted(stage.done)}${stage.total ? ` of ${counted(stage.total)}` : ""}` : "working";
  element.querySelector("[data-seconds]").textContent = span(stage.seconds);
}

// When another job runs, or none: loads the page again and replaces the parts that change with the runs.
async function renew() {
  const answer = await fetch(location.href);
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const element of document.querySelectorAll("[data-fresh]")) {
    const fresh = page.getElementById(element.id);
    if (fresh) element.replaceWith(fresh); else element.remove();
  }
  shown = stages(document);
}

async function follow() {
  const live = document.querySelector("[data-live]");
  const { running } = await (await fetch(live.dataset.live)).json();
  running.forEach(show);
  const known = shown.split(",");
  const seen = running.filter((stage) => live.dataset.all !== undefined || known.includes(String(stage.id)));
  if (seen.map((stage) => stage.id).join() !== shown) await renew();
}

let quiet = 0; // updates in a row without a running job: between two jobs of a run there is none for a moment
async function update() {
  if (!document.hidden) {
    try {
      if (document.querySelector("[data-live]")) { quiet = 0; await follow(); } else { quiet += 1; await renew(); }
    } catch { /* the service may answer the next update */ }
  }
  if (quiet < 3) setTimeout(update, INTERVAL_MS);
}

if (document.querySelector("[data-live]")) setTimeout(update, INTERVAL_MS);
