// The app: aim, shoot, wait, see who it is; and ask again about the same picture with another place, time or programme.
import { drawFaces } from "./boxes.js";
import { Camera, isAllowed } from "./camera.js";
import { $ } from "./dom.js";
import { Moment } from "./moment.js";
import { onPicked } from "./pick.js";
import { Place } from "./place.js";
import { Programme } from "./programme.js";
import { registerWorker } from "./register.js";
import { explain } from "./result.js";
import { call, Trouble } from "./service.js";
import { shrink } from "./shrink.js";
import { say, sayCount } from "./strings.js";
import { takenAt } from "./taken.js";
import { TroubleView } from "./trouble.js";

const FRAMES = 3, GAP_MS = 150;
const SMALLER_SIDE = 720;
const TOO_MUCH = new Set(["body_too_large", "upload_too_slow", "picture_too_large", "slow"]);
const SLOW_AFTER_MS = 6000;
const LIKELY = 0.5; // from here on, what the picture may show is worth saying

const app = $("app"), status = $("status"), progress = $("progress"), shown = $("shown"), face = $("face");
const camera = new Camera($("viewfinder"));
const place = new Place(sceneChanged), moment = new Moment(sceneChanged), programme = new Programme(questionChanged);
const trouble = new TroubleView($("trouble"), { again: ask, another: aim, place: () => place.open(), moment: () => moment.open(), programme: chooseProgramme });

let frames = []; // the picture as it is sent, kept until the next one
let shotAt = null;
let answer = null; // its `look` lets the service answer again without the picture
let attempt = null; // aborts the question that is under way

function enter(state) {
  app.dataset.state = state;
  $("shutter").setAttribute("aria-label", say(`aim.${camera.isLive ? "shoot" : frames.length ? "another" : "open"}`));
}

// Aim

async function openCamera() {
  trouble.clear();
  try {
    await camera.open();
    enter("live");
    $("viewfinder").hidden = false;
    status.textContent = say("aim.live");
  } catch (error) {
    useThePhone(error);
  }
}

// The camera in the page cannot be had: the shutter becomes the phone's own camera.
function useThePhone(error) {
  if (!(error instanceof Trouble)) throw error;
  const hadFocus = document.activeElement === $("shutter");
  $("shutter").hidden = true;
  $("phone").hidden = false;
  status.textContent = `${say(`aim.${error.code}`)} ${say(`aim.${error.code}_advice`)}`;
  if (hadFocus) $("phone").querySelector("input").focus();
}

function closeCamera() {
  camera.close();
  $("viewfinder").hidden = true;
}

// Back to the viewfinder for the next picture. What is watched may be another thing by then.
function aim() {
  attempt?.abort();
  [frames, answer, shotAt] = [[], null, null];
  programme.forget();
  clearAnswer();
  trouble.clear();
  $("picture").hidden = true;
  $("programme").hidden = true;
  status.textContent = "";
  enter("welcome");
  label();
  if ($("shutter").hidden) $("phone").querySelector("input").focus();
  else {
    $("shutter").focus();
    openCamera();
  }
}

async function shoot() {
  $("shutter").disabled = true;
  try {
    $("stage").classList.add("flash");
    const taken = await camera.burst(FRAMES, GAP_MS);
    closeCamera();
    await keep(taken);
  } finally {
    $("stage").classList.remove("flash");
    $("shutter").disabled = false;
  }
  await ask();
}

async function take(file) {
  closeCamera();
  attempt?.abort();
  trouble.clear();
  enter("waiting");
  status.textContent = say("waiting.preparing");
  try {
    const [picture, taken] = await Promise.all([shrink(file), takenAt(file)]);
    await keep([picture]);
    await moment.offer(taken);
    await ask();
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    if (!frames.length) $("picture").hidden = true;
    complain(error);
  }
}

async function keep(taken) {
  clearAnswer();
  [frames, answer, shotAt] = [taken, null, new Date()];
  programme.forget();
  moment.renew();
  label();
  await showFrame(0);
}

async function showFrame(index) {
  const before = shown.src;
  shown.src = URL.createObjectURL(frames[index]);
  if (before) URL.revokeObjectURL(before);
  $("picture").hidden = false;
  await shown.decode();
  $("picture").style.setProperty("--ratio", shown.naturalWidth / shown.naturalHeight);
}

// Ask

const question = () => ({ ...place.fields, at: moment.at(shotAt).toISOString(), ...programme.fields });

async function ask() {
  attempt?.abort();
  const mine = (attempt = new AbortController());
  trouble.clear();
  clearAnswer();
  wait();
  try {
    if (!place.isKnown && !programme.fields.programme) throw new Trouble("place_missing");
    const found = answer?.look ? await sharpen(mine.signal) : await send(mine.signal);
    if (mine === attempt) await show(found);
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    if (mine === attempt) complain(error);
  } finally {
    if (mine === attempt) stopWaiting();
  }
}

// The same faces, another question: the picture is not sent again, unless the seal has expired.
async function sharpen(signal) {
  status.textContent = say("waiting.comparing");
  try {
    return await call("POST", "/v1/identify/again", { body: { look: answer.look, ...question() }, signal });
  } catch (error) {
    if (error.code !== "look_expired") throw error;
    answer = null;
    return send(signal);
  }
}

function send(signal) {
  const body = new FormData();
  frames.forEach((frame, index) => body.append("picture", frame, `${index + 1}.jpg`));
  for (const [name, value] of Object.entries(question())) body.set(name, value);
  status.textContent = say("waiting.sending");
  return call("POST", "/v1/identify", {
    body, signal,
    onSending: (share) => { progress.value = share * 100; },
    onSent: () => { progress.removeAttribute("value"); status.textContent = say("waiting.looking"); },
  });
}

function wait() {
  enter("waiting");
  progress.removeAttribute("value");
  $("waiting").hidden = false;
  $("cancel").focus({ preventScroll: true });
  wait.timer = setTimeout(() => { status.textContent = say("waiting.slow"); }, SLOW_AFTER_MS);
}

function stopWaiting() {
  clearTimeout(wait.timer);
  $("waiting").hidden = true;
}

async function complain(error) {
  enter("trouble");
  stopWaiting();
  status.textContent = "";
  $("programme").hidden = !frames.length;
  trouble.show(error);
  if (TOO_MUCH.has(error.code)) frames = [await shrink(frames[0], SMALLER_SIDE)];
}

// See

function clearAnswer() {
  $("boxes").replaceChildren();
  $("elsewhere").replaceChildren();
  $("elsewhere").hidden = true;
  face.hidden = true;
  face.replaceChildren();
}

async function show(found) {
  answer = found;
  trouble.calm();
  if (answer.region) place.settle(answer.region);
  label();
  $("programme").hidden = false;
  await showFrame(answer.shown);
  if (!answer.faces.length) throw new Trouble("no_face");
  enter("answer");
  status.textContent = summary();
  const buttons = drawFaces({ answer, onPicture: $("boxes"), elsewhere: $("elsewhere"), choose: open });
  const best = answer.faces.reduce((one, other) => (rank(other) > rank(one) ? other : one));
  buttons.get(best).click();
  buttons.get(best).focus({ preventScroll: true });
  scrollTo({ top: 0 });
}

const rank = ({ verdict }) => ["not_in_cast", "uncertain", "match"].indexOf(verdict);

function open(chosen) {
  const frame = frames[chosen.frame];
  face.replaceChildren(...explain(chosen, answer, { frame, choose: chooseProgramme, watching: programme.title }).filter(Boolean));
  face.hidden = false;
}

function summary() {
  const found = sayCount("answer.found", answer.faces.length);
  const [likeliest] = answer.showings;
  const isSaid = programme.title || answer.faces.some(({ verdict }) => verdict === "match");
  if (isSaid || !likeliest || likeliest.probability < LIKELY) return found;
  return `${found} ${say("answer.looks_like", { title: likeliest.airing.title, channel: likeliest.airing.channel.name })}.`;
}

// The question

function label() {
  for (const [id, part] of Object.entries({ place, moment, programme })) {
    $(id).querySelector("span").textContent = part.label;
    $(id).setAttribute("aria-label", say(`question.${id}`, { [id]: part.label }));
  }
}

function questionChanged() {
  label();
  if (frames.length) ask();
}

// Another place or moment has another guide: what was chosen from it does not hold.
function sceneChanged() {
  programme.forget();
  questionChanged();
}

function chooseProgramme() {
  programme.open({ region: place.fields.region, at: moment.at(shotAt ?? new Date()).toISOString(), showings: answer?.showings });
}

$("shutter").addEventListener("click", () => {
  if (frames.length) aim();
  else if (camera.isLive) shoot();
  else openCamera();
});
$("cancel").addEventListener("click", () => attempt.abort());
$("place").addEventListener("click", () => place.open());
$("moment").addEventListener("click", () => moment.open());
$("programme").addEventListener("click", chooseProgramme);
onPicked(document.querySelectorAll(".shoot input[type=file]"), $("stage"), take);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden || !camera.isLive) return;
  closeCamera();
  enter("welcome");
});
window.addEventListener("offline", () => { if (!frames.length) status.textContent = say("offline"); });
window.addEventListener("online", () => { if (!frames.length) status.textContent = ""; });

label();
place.load().then(label);
if (!navigator.onLine) status.textContent = say("offline");
if (await isAllowed()) openCamera();
registerWorker();
