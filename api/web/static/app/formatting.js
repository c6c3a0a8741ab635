// Formats dates, times, percentages and region names in the viewer's locale and time zone.
import { language, partName } from "./strings.js";

const locale = navigator.languages.find((tag) => tag.split("-")[0] === language) ?? language;
const hours = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
const day = { weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit" };
const days = new Intl.DateTimeFormat(locale, day);
const years = new Intl.DateTimeFormat(locale, { ...day, year: "numeric" });
const whole = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "short" });
const percents = new Intl.NumberFormat(locale, { style: "percent" });
const names = new Intl.DisplayNames(locale, { type: "region" });

// The format for a date: the time; with the day unless it is today, and with the year unless it is this year.
function asFarAsNeeded(date) {
  const now = new Date();
  if (date.toDateString() === now.toDateString()) return hours;
  return date.getFullYear() === now.getFullYear() ? days : years;
}

export const when = (moment) => asFarAsNeeded(new Date(moment)).format(new Date(moment));

export const inFull = (moment) => whole.format(new Date(moment));

// A period of time. If it ends after midnight, the second day is left out.
export function span(start, stop) {
  const [from, to] = [new Date(start), new Date(stop)];
  if (from.toDateString() === to.toDateString()) return asFarAsNeeded(from).formatRange(from, to);
  return `${when(start)}–${hours.format(to)}`;
}

export const percent = (share) => percents.format(share);

// The name of a country, or of a part of one, in the viewer's language.
export const regionName = ({ code, name }) => (code.length === 2 ? names.of(code) : partName(code) ?? name);

// The value of an <input type="datetime-local">: local time, to the minute.
export function localValue(moment) {
  const shifted = new Date(moment.getTime() - moment.getTimezoneOffset() * 60000);
  return shifted.toISOString().slice(0, 16);
}
