// The app: aim, shoot, wait, see who it is; and ask again about the same picture with another place, time or programme.
import { drawFaces } from "./boxes.js";
import { $ } from "./dom.js";
import { Keeping } from "./keeping.js";
import { Moment } from "./moment.js";
import { onPicked } from "./pick.js";
import { Picture } from "./picture.js";
import { Place } from "./place.js";
import { Programme } from "./programme.js";
import { registerWorker } from "./register.js";
import { explain, summary } from "./result.js";
import { call, Trouble } from "./service.js";
import { shrink } from "./shrink.js";
import { say } from "./strings.js";
import { takenAt } from "./taken.js";
import { TroubleView } from "./trouble.js";
import { Viewfinder } from "./viewfinder.js";
import { Waiting } from "./waiting.js";

const TOO_MUCH = new Set(["body_too_large", "upload_too_slow", "picture_too_large", "slow"]);
const VERDICTS = ["not_in_cast", "uncertain", "match"]; // the better one is opened

const status = $("status"), face = $("face");
const picture = new Picture();
const viewfinder = new Viewfinder((words) => { enter(viewfinder.isLive ? "live" : "welcome"); status.textContent = words; });
const place = new Place(sceneChanged), moment = new Moment(sceneChanged), programme = new Programme(questionChanged);
const keeping = new Keeping(sendToKeep);
const waiting = new Waiting(() => attempt.abort());
const trouble = new TroubleView($("trouble"), {
  again: ask, another: aim, place: () => place.open(), moment: () => moment.open(), programme: chooseProgramme,
});

let answer = null; // its `look` lets the service answer again without the picture
let attempt = null; // aborts the question that is under way

function enter(state) {
  $("app").dataset.state = state;
  $("shutter").setAttribute("aria-label", say(`aim.${viewfinder.isLive ? "shoot" : picture.isThere ? "another" : "open"}`));
}

// Whatever was under way or shown goes: something else begins.
function clear() {
  attempt?.abort();
  attempt = null;
  waiting.stop();
  trouble.clear();
  for (const id of ["boxes", "elsewhere", "face"]) $(id).replaceChildren();
  $("elsewhere").hidden = true;
  face.hidden = true;
  keeping.hide();
}

// Aim

function aim() {
  clear();
  picture.drop();
  answer = null;
  keeping.renew();
  programme.forget();
  moment.renew();
  label();
  enter("welcome");
  viewfinder.focus();
  if (!$("shutter").hidden) viewfinder.open();
}

async function shoot() {
  await keep(await viewfinder.burst());
  await ask();
}

async function take(file) {
  clear();
  viewfinder.close();
  enter("waiting");
  waiting.enter("preparing");
  try {
    const [frame, taken] = await Promise.all([shrink(file), takenAt(file)]);
    await keep([frame]);
    await moment.offer(taken);
    await ask();
  } catch (error) {
    await complain(error);
  }
}

// What is watched, and the other picture's own time, may be others by now.
async function keep(frames) {
  answer = null;
  keeping.renew();
  programme.forget();
  moment.renew();
  await picture.keep(frames);
  label();
}

// Ask

const askedAt = () => moment.at(picture.takenAt ?? new Date()).toISOString();
const question = () => ({ ...place.fields, at: askedAt(), ...programme.fields });

async function ask() {
  clear();
  const mine = (attempt = new AbortController());
  enter("waiting");
  try {
    if (!place.isKnown && !programme.fields.programme) throw new Trouble("place_missing");
    const found = answer?.look ? await sharpen(mine.signal) : await send(mine.signal);
    if (mine === attempt) await show(found);
  } catch (error) {
    if (mine === attempt) await complain(error);
  }
}

// The same faces, another question: the picture is not sent again, unless the seal has expired.
async function sharpen(signal) {
  waiting.start("comparing");
  try {
    return await call("POST", "/v1/identify/again", { body: { look: answer.look, ...question() }, signal });
  } catch (error) {
    if (error.code !== "look_expired") throw error;
    answer = null;
    return send(signal);
  }
}

function send(signal) {
  waiting.start("sending");
  return call("POST", "/v1/identify", {
    body: form(question()), signal, onSending: (share) => waiting.show(share), onSent: () => waiting.enter("looking"),
  });
}

function form(fields) {
  const body = new FormData();
  picture.frames.forEach((frame, index) => body.append("picture", frame, `${index + 1}.jpg`));
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  return body;
}

// The service forgot the picture when it answered: what it may keep, it has to be sent.
async function sendToKeep() {
  const { kept } = await call("POST", "/v1/identify", { body: form({ ...question(), keep: "true" }) });
  return kept;
}

async function complain(error) {
  if (!(error instanceof Trouble)) throw error;
  waiting.stop();
  if (TOO_MUCH.has(error.code)) await picture.reduce();
  enter("trouble");
  $("programme").hidden = !picture.isThere;
  trouble.show(error);
}

// See

async function show(found) {
  answer = found;
  trouble.calm();
  waiting.stop();
  if (answer.region) place.settle(answer.region);
  label();
  await picture.show(answer.shown);
  if (!answer.faces.length) throw new Trouble("no_face");
  enter("answer");
  status.textContent = summary(answer, programme.title);
  const buttons = drawFaces({ answer, onPicture: $("boxes"), elsewhere: $("elsewhere"), choose: open });
  const rank = ({ verdict }) => VERDICTS.indexOf(verdict);
  const best = answer.faces.reduce((one, other) => (rank(other) > rank(one) ? other : one));
  keeping.show();
  buttons.get(best).click();
  buttons.get(best).focus({ preventScroll: true });
  scrollTo({ top: 0 });
}

function open(chosen) {
  const around = { frame: picture.frames[chosen.frame], choose: chooseProgramme, watching: programme.title };
  face.replaceChildren(...explain(chosen, answer, around).filter(Boolean));
  face.hidden = false;
}

// The question

function label() {
  $("programme").hidden = !picture.isThere;
  for (const [id, part] of Object.entries({ place, moment, programme })) {
    $(id).querySelector("span").textContent = part.label;
    $(id).setAttribute("aria-label", say(`question.${id}`, { [id]: part.label }));
  }
}

function questionChanged() {
  label();
  if (picture.isThere) ask();
}

// Another place or moment has another guide: what was chosen from it does not hold.
function sceneChanged() {
  programme.forget();
  questionChanged();
}

function chooseProgramme() {
  programme.open({ region: place.fields.region, at: askedAt(), showings: answer?.showings });
}

$("shutter").addEventListener("click", () => {
  if (picture.isThere) aim();
  else if (viewfinder.isLive) shoot();
  else viewfinder.open();
});
$("place").addEventListener("click", () => place.open());
$("moment").addEventListener("click", () => moment.open());
$("programme").addEventListener("click", chooseProgramme);
onPicked(document.querySelectorAll(".shoot input[type=file]"), $("stage"), take);
window.addEventListener("offline", () => { if (!picture.isThere) status.textContent = say("offline"); });
window.addEventListener("online", () => {
  if (!picture.isThere) status.textContent = "";
  if (!place.isKnown) place.load().then(label);
});

label();
place.load().then(label);
if (!navigator.onLine) status.textContent = say("offline");
viewfinder.openIfAllowed();
registerWorker();
