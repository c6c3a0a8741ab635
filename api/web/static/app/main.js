// The app: take a picture, send it, show who is in it; then ask again about it with another place, time or programme.
import { drawFaces } from "./boxes.js";
import { $ } from "./dom.js";
import { ContributionOffer } from "./contribution_offer.js";
import { Moment } from "./moment.js";
import { onFileChosen } from "./file_input.js";
import { Picture } from "./picture.js";
import { Place } from "./place.js";
import { Programme } from "./programme.js";
import { registerWorker } from "./worker_registration.js";
import { explain, summary } from "./result.js";
import { call, Problem } from "./api.js";
import { shrink } from "./shrink.js";
import { say } from "./strings.js";
import { takenAt } from "./exif.js";
import { ProblemView } from "./problem_view.js";
import { Viewfinder } from "./viewfinder.js";
import { Progress } from "./progress.js";

const TOO_MUCH = new Set(["body_too_large", "upload_too_slow", "picture_too_large", "slow"]);
const VERDICTS = ["not_in_cast", "uncertain", "match"]; // from worst to best: the best face is opened

const status = $("status"), face = $("face");
const picture = new Picture();
const viewfinder = new Viewfinder((words) => { enter(viewfinder.isLive ? "live" : "welcome"); status.textContent = words; });
const place = new Place(sceneChanged), moment = new Moment(sceneChanged), programme = new Programme(questionChanged);
const contributionOffer = new ContributionOffer(sendContribution);
const progress = new Progress(() => attempt.abort());
const problemView = new ProblemView($("problem"), {
  again: ask, another: aim, place: () => place.open(), moment: () => moment.open(), programme: chooseProgramme,
});

let answer = null; // the last answer; its `look` lets the service answer again without the picture
let attempt = null; // the AbortController of the running request

function enter(state) {
  $("app").dataset.state = state;
  $("shutter").setAttribute("aria-label", say(`aim.${viewfinder.isLive ? "shoot" : picture.isThere ? "another" : "open"}`));
}

// Aborts the running request and clears what is shown, before something else begins.
function clear() {
  attempt?.abort();
  attempt = null;
  progress.stop();
  problemView.clear();
  for (const id of ["boxes", "elsewhere", "face"]) $(id).replaceChildren();
  $("elsewhere").hidden = true;
  face.hidden = true;
  contributionOffer.hide();
}

// Take a picture

function aim() {
  clear();
  picture.drop();
  answer = null;
  contributionOffer.renew();
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
  progress.enter("preparing");
  try {
    const [frame, taken] = await Promise.all([shrink(file), takenAt(file)]);
    await keep([frame]);
    await moment.offer(taken);
    await ask();
  } catch (error) {
    await showProblem(error);
  }
}

// A new picture. The chosen programme and the time of the previous picture may no longer apply.
async function keep(frames) {
  answer = null;
  contributionOffer.renew();
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
    if (!place.isKnown && !programme.fields.programme) throw new Problem("place_missing");
    const found = answer?.look ? await askAgain(mine.signal) : await send(mine.signal);
    if (mine === attempt) await show(found);
  } catch (error) {
    if (mine === attempt) await showProblem(error);
  }
}

// Asks another question about the same faces. The picture is sent again only if the look has expired.
async function askAgain(signal) {
  progress.start("comparing");
  try {
    return await call("POST", "/v1/identify/again", { body: { look: answer.look, ...question() }, signal });
  } catch (error) {
    if (error.code !== "look_expired") throw error;
    answer = null;
    return send(signal);
  }
}

function send(signal) {
  progress.start("sending");
  return call("POST", "/v1/identify", {
    body: form(question()), signal, onSending: (share) => progress.show(share), onSent: () => progress.enter("looking"),
  });
}

function form(fields) {
  const body = new FormData();
  picture.frames.forEach((frame, index) => body.append("picture", frame, `${index + 1}.jpg`));
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  return body;
}

// Sends the picture again so that the service can keep it: the service dropped it when it answered.
async function sendContribution() {
  const { kept } = await call("POST", "/v1/identify", { body: form({ ...question(), keep: "true" }) });
  return kept;
}

async function showProblem(error) {
  if (!(error instanceof Problem)) throw error;
  progress.stop();
  if (TOO_MUCH.has(error.code)) await picture.reduce();
  enter("problem");
  $("programme").hidden = !picture.isThere;
  problemView.show(error);
}

// Show the answer

async function show(found) {
  answer = found;
  problemView.resetRetries();
  progress.stop();
  if (answer.region) place.settle(answer.region);
  label();
  await picture.show(answer.shown);
  if (!answer.faces.length) throw new Problem("no_face");
  enter("answer");
  status.textContent = summary(answer, programme.title);
  const buttons = drawFaces({ answer, onPicture: $("boxes"), elsewhere: $("elsewhere"), choose: open });
  const rank = ({ verdict }) => VERDICTS.indexOf(verdict);
  const best = answer.faces.reduce((one, other) => (rank(other) > rank(one) ? other : one));
  contributionOffer.show();
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

// Another place or moment has another guide, so the programme chosen from the old one no longer applies.
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
onFileChosen(document.querySelectorAll(".shoot input[type=file]"), $("stage"), take);
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
