// A server-rendered part that answers an action, and the signal it gives: colour over the screen, a sound.
import { make, reportNetwork, words } from "./core.js";
import { sound } from "./sound.js";

// Fetch a part and put it in. Returns {ok, outcome, later}; never throws, because what was done is done whether it can be
// shown or not. `later` says that the system could not answer; with `patient` that is left to the caller to tell.
export async function loadPanel(url, target, { patient = false } = {}) {
  const place = document.querySelector(target);
  if (!place) return { ok: false };
  let status = 0;
  try {
    const response = await fetch(url, { credentials: "same-origin", headers: { Accept: "text/html", "HX-Request": "true" } });
    // Signed out, or a password to be changed first: what was asked for is still to be done when the person comes back.
    if (response.redirected || response.headers.has("HX-Redirect")) { leave(response); return { ok: false, later: true }; }
    status = response.status;
    reportNetwork(true);
    if (!response.ok) throw new Error(String(status));
    const html = await response.text();
    await htmx.swap({ target: place, swap: "innerHTML", text: html, sourceElement: place });
    document.dispatchEvent(new CustomEvent("htmx:after:swap"));
  } catch {
    const later = status === 0 || status >= 500;
    if (status === 0) reportNetwork(false);
    if (!later || !patient) showUnloaded(place, url, target);
    return { ok: false, later };
  }
  const verdict = place.querySelector("[data-verdict]");
  if (verdict) signal(verdict.dataset.verdict, verdict.querySelector("[data-verdict-title]")?.textContent ?? "");
  return { ok: true, outcome: verdict?.dataset.verdict };
}

function leave(response) {
  const target = new URL(response.headers.get("HX-Redirect") ?? response.url, location.href);
  if (target.pathname === "/sign-in") target.search = new URLSearchParams({ next: location.pathname + location.search });
  location.assign(target);
}

function showUnloaded(place, url, target) {
  const again = make("button", { type: "button", class: "btn" }, words("tryAgain"));
  again.addEventListener("click", () => loadPanel(url, target));
  place.replaceChildren(make("div", { class: "empty fd-empty", role: "alert" }, make("p", { class: "empty-title" }, words("loadFailed")), again));
}

let clearing = 0;

// The whole screen for a second and a half; the words stay in the panel.
export function signal(outcome, title) {
  sound(outcome);
  const flash = document.getElementById("fd-flash");
  if (!flash || outcome === "info") return;
  flash.className = `fd-flash fd-flash-${outcome} fd-flash-on`;
  flash.firstElementChild.textContent = title;
  clearTimeout(clearing);
  clearing = setTimeout(() => flash.classList.remove("fd-flash-on"), 1500);
}
