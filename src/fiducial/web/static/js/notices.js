// The bell: one event stream for each browser, however many pages are open; without one, the count is asked for now and then.
// Browsers on plain http have no locks, so the page that listens holds a lease that it must renew, and tells the others.
import { call, toast, words } from "./core.js";

const bell = document.querySelector("[data-bell]");
const LEASE = "fiducial-listens", LEASE_MS = 12000, RENEW_MS = 4000, ASK_MS = 60000;
const me = `${Date.now()}-${Math.random()}`;
let stream = null, rests_until = 0, typed = false;
document.addEventListener("input", ({ target }) => { typed ||= Boolean(target.form?.matches("[data-api]")); });

function show(count) {
  const label = bell.dataset.label.replace("{count}", count);
  bell.querySelector("span").textContent = count < 100 ? count : "99+";
  bell.toggleAttribute("data-none", !count);
  bell.title = label;
  bell.setAttribute("aria-label", label);
}

function hear({ kind, data }) {
  if (kind === "unread") show(data.count);
  if (kind === "notification") toast(`${data.title}: ${data.message}`, data.priority === "high" ? "bad" : "ok");
  if (kind === "signed-out") signedOut();
}

// What somebody has typed and not sent yet is not taken away by a page that goes to the sign-in.
function signedOut() {
  if (typed || document.querySelector("dialog[open]")) toast(words("signedOut"), "bad");
  else location.reload();
}

const others = "BroadcastChannel" in window ? new BroadcastChannel("fiducial-notices") : null;
if (bell && others) others.onmessage = (event) => hear(event.data);

function tell(kind, text) {
  const said = { kind, data: JSON.parse(text) };
  hear(said);
  others?.postMessage(said);
}

function listen() {
  if (stream) return;
  stream = new EventSource("/api/notifications/stream");
  for (const kind of ["unread", "notification", "signed-out"]) stream.addEventListener(kind, (event) => tell(kind, event.data));
  stream.addEventListener("replaced", () => rest(Infinity));
  // A stream that is refused does not say why: the session may have ended before it was opened. Asking says it.
  stream.addEventListener("error", () => { if (stream?.readyState === EventSource.CLOSED) { rest(Date.now() + ASK_MS); ask(); } });
}

function hush() { stream?.close(); stream = null; }

function rest(until) { rests_until = until; hush(); }

function lease() {
  try {
    const held = JSON.parse(localStorage.getItem(LEASE) ?? "null");
    if (held && held.who !== me && held.until > Date.now()) return false;
    localStorage.setItem(LEASE, JSON.stringify({ who: me, until: Date.now() + LEASE_MS }));
    return true;
  } catch { return true; } // a private window shares nothing
}

function turn() { if (Date.now() >= rests_until && lease()) listen(); else hush(); }

async function ask() {
  if (stream || document.hidden) return;
  try {
    const { ok, status, data } = await call("GET", "/api/notifications/unread-count");
    if (ok) show(data.count);
    if (status === 401) tell("signed-out", "{}");
  } catch { /* the banner says it */ }
}

if (bell && "EventSource" in window) {
  turn();
  setInterval(turn, RENEW_MS);
  addEventListener("pagehide", () => { hush(); try { if (JSON.parse(localStorage.getItem(LEASE) ?? "null")?.who === me) localStorage.removeItem(LEASE); } catch { /* nothing is held */ } });
}
if (bell) setInterval(ask, ASK_MS);
