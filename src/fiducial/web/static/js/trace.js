// What was looked for on this device lately: offered again below the input of the trace page.
import { make } from "./core.js";

const KEY = "fiducial-traced", MOST = 8;
const read = () => { try { return JSON.parse(localStorage.getItem(KEY) ?? "[]"); } catch { return []; } };

const traced = document.querySelector("[data-traced]");
if (traced) {
  const { traced: key } = traced.dataset;
  const entry = { key, url: location.pathname };
  try { localStorage.setItem(KEY, JSON.stringify([entry, ...read().filter((one) => one.url !== entry.url)].slice(0, MOST))); } catch { /* nothing is offered then */ }
}

// A scan that names one thing leads to it at once; coming back from there shows the list.
const exact = document.querySelector("[data-exact]");
if (exact && performance.getEntriesByType("navigation")[0]?.type !== "back_forward") location.assign(exact.dataset.exact);

const list = document.querySelector("[data-traced-list]");
if (list) {
  const found = read().filter((one) => typeof one.url === "string" && one.url.startsWith("/trace/"));
  list.hidden = found.length === 0;
  list.querySelector("[data-place]")?.replaceChildren(...found.map((one) => make("a", { class: "btn btn-sm font-monospace", href: one.url }, one.key)));
}
