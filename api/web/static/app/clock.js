// Dates, hours and percentages as the viewer writes them, in the viewer's zone.
import { language } from "./strings.js";

const locale = navigator.languages.find((tag) => tag.split("-")[0] === language) ?? language;
const hours = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" });
const days = new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit" });
const whole = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "short" });
const percents = new Intl.NumberFormat(locale, { style: "percent" });
const names = new Intl.DisplayNames(locale, { type: "region" });

const isToday = (moment) => moment.toDateString() === new Date().toDateString();

// The hour, and the day with it when that is not today.
export function when(moment) {
  const date = new Date(moment);
  return (isToday(date) ? hours : days).format(date);
}

export const inFull = (moment) => whole.format(new Date(moment));

export const span = (start, stop) => (isToday(new Date(start)) ? hours : days).formatRange(new Date(start), new Date(stop));

export const percent = (share) => percents.format(share);

// A country's name in the viewer's language; a part of a country keeps the name that it was given.
export const regionName = ({ code, name }) => (code.length === 2 ? names.of(code) : name);

// For an <input type="datetime-local">: the viewer's clock, to the minute.
export function localValue(moment) {
  const shifted = new Date(moment.getTime() - moment.getTimezoneOffset() * 60000);
  return shifted.toISOString().slice(0, 16);
}
