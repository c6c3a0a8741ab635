// The page's behaviour: shrink the picture here, send it, show who is in it.
const LONGEST_SIDE = 1280;
const $ = (id) => document.getElementById(id);
const form = $("form"), answer = $("answer"), statusLine = $("status"), details = $("details"), boxes = $("boxes");
let picture = null; // the shrunk picture, as sent
let place = null; // {lat, lon} while the location is used instead of a region
let regions = [];
let asking = null; // aborts the question before

const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
};
const percent = (probability) => (probability < 0.01 ? "under 1 %" : `${Math.min(99, Math.round(probability * 100))} %`);
const clock = (moment) => new Date(moment).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

class Refusal extends Error {
  constructor(title, advice) { super(title); this.advice = advice; }
}

async function askServer(path, options) {
  let response;
  try { response = await fetch(path, options); } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal("The service cannot be reached.", "Check the connection, then ask again.");
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refusal(`${body.title ?? `Error ${response.status}`}.`, body.detail ?? "Try again in a moment.");
  return body;
}

async function shrink(file) {
  let bitmap;
  try { bitmap = await createImageBitmap(file, { imageOrientation: "from-image" }); } catch {
    throw new Refusal("This file cannot be read as a picture.", "Choose a JPEG, PNG or WebP picture.");
  }
  const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = make("canvas", { width: Math.max(1, Math.round(bitmap.width * scale)), height: Math.max(1, Math.round(bitmap.height * scale)) });
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", 0.92); });
}

function say(text) {
  statusLine.className = "status";
  statusLine.textContent = text;
}

function complain(error) {
  if (error.name === "AbortError") return;
  answer.hidden = false;
  statusLine.className = "status error";
  statusLine.replaceChildren(make("strong", { textContent: error.message }), error.advice ?? "Try again; reload the page if it persists.");
  statusLine.focus();
}

async function take(file) {
  if (!file) return;
  try {
    clear();
    picture = null;
    picture = await shrink(file);
    URL.revokeObjectURL($("shown").src);
    $("shown").src = URL.createObjectURL(picture);
    $("picture").hidden = false;
    await $("shown").decode();
    await ask();
  } catch (error) {
    if (!picture) $("picture").hidden = true;
    complain(error);
  }
}

function question() {
  const body = new FormData();
  body.set("picture", picture, "picture.jpg");
  if (place) { body.set("lat", place.lat); body.set("lon", place.lon); } else body.set("region", $("region").value);
  if ($("channel").value) body.set("channel", $("channel").value);
  if ($("at").value) body.set("at", new Date($("at").value).toISOString());
  return body;
}

async function ask() {
  asking?.abort();
  const mine = (asking = new AbortController());
  clear();
  $("again").hidden = false;
  answer.classList.add("busy");
  say("Looking…");
  answer.scrollIntoView({ behavior: "smooth", block: "start" });
  try { show(await askServer("/v1/identify", { method: "POST", body: question(), signal: mine.signal })); }
  catch (error) { complain(error); }
  finally { if (mine === asking) answer.classList.remove("busy"); }
}

function clear() {
  boxes.replaceChildren();
  details.replaceChildren();
  say("");
  answer.hidden = false;
}

function show(reply) {
  const count = reply.faces.length;
  const { known, people } = reply.candidates;
  if (!count) {
    say("No face was found. Move closer to the screen, hold the phone straight, and avoid reflections.");
    return;
  }
  say(`${count === 1 ? "One face" : `${count} faces`}, compared with ${known} of the ${people} people on ${where(reply)}.${count > 1 ? " Touch a face." : ""}`);
  reply.faces.forEach((face, index) => boxes.append(boxOf(face, index, reply)));
  boxes.firstElementChild.click();
}

const where = (reply) => `${reply.channel ? `${reply.channel.name} (${reply.region.name})` : `TV in ${reply.region.name}`} around ${clock(reply.at)}`;

function nameOf(face) {
  if (face.verdict === "match") return face.best.name;
  return face.verdict === "uncertain" && face.best ? `${face.best.name}?` : "Not known";
}

function boxOf(face, index, reply) {
  const { width, height } = reply.picture;
  const box = make("button", { type: "button", className: `box ${face.verdict}` }, make("span", { textContent: nameOf(face) }));
  box.setAttribute("aria-label", `Face ${index + 1} of ${reply.faces.length}: ${nameOf(face)}`);
  box.setAttribute("aria-pressed", "false");
  box.style.left = `${(face.box.left / width) * 100}%`;
  box.style.top = `${(face.box.top / height) * 100}%`;
  box.style.width = `${(face.box.width / width) * 100}%`;
  box.style.height = `${(face.box.height / height) * 100}%`;
  box.classList.toggle("low", (face.box.top + face.box.height) / height > 0.85);
  box.addEventListener("click", () => {
    for (const other of boxes.children) other.setAttribute("aria-pressed", String(other === box));
    details.replaceChildren(...explain(face, reply));
  });
  return box;
}

function explain(face, reply) {
  const others = face.alternatives.length ? alternatives(face) : null;
  if (!face.best) {
    return [
      make("p", { className: "verdict", textContent: "Not in the cast" }),
      make("h2", { textContent: "Nobody we know who is on now" }),
      make("p", { textContent: `The guide names ${reply.candidates.people} people for this moment, and we know the faces of ${reply.candidates.known}. This face is none of those.` }),
      others,
    ].filter(Boolean);
  }
  const sure = face.verdict === "match";
  return [
    make("div", { className: "who" },
      make("div", {},
        make("p", { className: `verdict ${face.verdict}`, textContent: sure ? `${percent(face.best.probability)} sure` : `Not certain: ${percent(face.best.probability)}` }),
        make("h2", { textContent: sure ? face.best.name : `Perhaps ${face.best.name}` }),
        ...face.best.appearances.slice(0, 2).map((a) => make("p", { textContent: appearance(a) }))),
      photo(face.best)),
    make("meter", { className: face.verdict, min: 0, max: 1, value: face.best.probability, ariaLabel: "Probability" }),
    seenIn(face.best),
    others,
  ].filter(Boolean);
}

function appearance({ airing, character, job }) {
  const part = character ? `as ${character} in` : { guest: "guest in", presenter: "presenting" }[job] ?? "in";
  return `${part} ${airing.title} · ${airing.channel.name}, ${clock(airing.start)}–${clock(airing.stop)}`;
}

function photo(suggestion) {
  const image = make("img", { src: suggestion.photo.url, alt: `Reference photo of ${suggestion.name}`, loading: "lazy" });
  return make("figure", {}, image, make("figcaption", { textContent: `Photo: ${suggestion.photo.credit}` }));
}

function seenIn({ latest_credit: credit }) {
  if (!credit) return null;
  const line = make("p", {}, "You may have seen them in ", make("cite", { textContent: credit.title }));
  line.append(`${credit.year ? ` (${credit.year})` : ""}${credit.character ? `, as ${credit.character}` : ""}${credit.co_star ? `, with ${credit.co_star}` : ""}.`);
  return line;
}

function alternatives(face) {
  const rows = face.alternatives.map((other) => make("li", {},
    make("span", {}, make("b", { textContent: other.name }), make("small", { textContent: other.appearances[0] ? appearance(other.appearances[0]) : "" })),
    make("span", { className: "number", textContent: percent(other.probability) })));
  return make("div", {}, make("p", { className: "fine", textContent: face.best ? "Or else" : "The nearest, all the same" }), make("ul", { className: "others" }, ...rows));
}

function chooseRegion() {
  const region = regions.find(({ code }) => code === $("region").value);
  const options = (region?.channels ?? []).map(({ slug, name }) => make("option", { value: slug, textContent: name }));
  $("channel").replaceChildren(make("option", { value: "", textContent: "Any channel" }), ...options);
}

async function loadRegions() {
  regions = await askServer("/v1/regions");
  regions.sort((one, other) => !one.indexed_from - !other.indexed_from);  // those that can answer first
  const options = regions.map(({ code, name, indexed_from }) => make("option", { value: code, textContent: indexed_from ? name : `${name} (not indexed)` }));
  $("region").replaceChildren(...(options.length ? options : [make("option", { value: "", textContent: "No region is indexed yet" })]));
  const remembered = localStorage.getItem("region");
  if (regions.some(({ code }) => code === remembered)) $("region").value = remembered;
  $("region").disabled = !options.length;
  chooseRegion();
}

function usePlace(found) {
  place = found;
  $("locate").textContent = found ? "Using your location" : "Use my location";
  $("locate").setAttribute("aria-pressed", String(Boolean(found)));
}

function locate() {
  if (place) { usePlace(null); return; }
  if (!navigator.geolocation) { complain(new Refusal("This browser gives no location.", "Choose the region instead.")); return; }
  $("locate").textContent = "Locating…";
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => usePlace({ lat: coords.latitude, lon: coords.longitude }),
    () => { usePlace(null); complain(new Refusal("Your location is not available.", "Choose the region instead.")); },
    { timeout: 10000, maximumAge: 600000 },
  );
}

for (const id of ["camera", "file"]) $(id).addEventListener("change", (event) => { take(event.target.files[0]); event.target.value = ""; });
$("region").addEventListener("change", () => { localStorage.setItem("region", $("region").value); usePlace(null); chooseRegion(); });
$("locate").addEventListener("click", locate);
form.addEventListener("submit", (event) => { event.preventDefault(); if (picture) ask(); });
for (const type of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(type, (event) => {
    event.preventDefault();
    $("pick").classList.toggle("over", type === "dragover");
    if (type === "drop") take(event.dataTransfer.files[0]);
  });
}
loadRegions().catch(complain);
