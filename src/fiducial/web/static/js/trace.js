// What was looked for on this device lately: offered again below the input of the trace page.
import { call, make, newKey, words } from "./core.js";

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

// The boards of a bad lot are held one by one; each line says what came of it.
document.addEventListener("submit", async (event) => {
  const form = event.target.closest?.("[data-hold-each]");
  if (!form) return;
  event.preventDefault();
  const reason = form.elements.reason.value.trim();
  if (reason.length < 4) { form.elements.reason.focus(); return; }
  const send = form.querySelector("[type=submit]");
  send.disabled = true;
  for (const line of form.querySelectorAll("[data-sn]")) {
    const said = line.querySelector("[data-said]");
    try {
      const answer = await call("POST", `/api/units/${encodeURIComponent(line.dataset.sn)}/hold`, { body: { reason }, key: newKey() });
      said.textContent = answer.ok ? "✓" : answer.error.message;
      said.className = answer.ok ? "ms-auto text-success" : "ms-auto text-danger";
    } catch { said.textContent = words("unreadable"); }
  }
});

// The genealogy: the wheel and the buttons zoom, dragging moves, arrows walk from thing to thing.
const drawing = document.querySelector("[data-picture] > svg");
if (drawing) {
  const whole = drawing.viewBox.baseVal, home = { x: whole.x, y: whole.y, width: whole.width, height: whole.height };
  const zoom = (by, at = { x: whole.x + whole.width / 2, y: whole.y + whole.height / 2 }) => {
    if (!by) { Object.assign(whole, home); return; }
    const width = Math.min(home.width * 2, Math.max(200, whole.width / by)), share = width / whole.width;
    Object.assign(whole, { x: at.x - (at.x - whole.x) * share, y: at.y - (at.y - whole.y) * share, width, height: whole.height * share });
  };
  const place = (event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(drawing.getScreenCTM().inverse());
  document.querySelectorAll("[data-picture-zoom]").forEach((button) => button.addEventListener("click", () => zoom(Number(button.dataset.pictureZoom))));
  drawing.addEventListener("wheel", (event) => { if (event.ctrlKey) { event.preventDefault(); zoom(event.deltaY < 0 ? 1.15 : 0.87, place(event)); } }, { passive: false });
  let from = null, moved = false;
  drawing.addEventListener("pointerdown", (event) => { from = place(event); moved = false; });
  drawing.addEventListener("pointermove", (event) => {
    if (!from) return;
    const now = place(event);
    if (Math.hypot(now.x - from.x, now.y - from.y) < 4 && !moved) return;
    moved = true;
    whole.x -= now.x - from.x;
    whole.y -= now.y - from.y;
  });
  addEventListener("pointerup", () => { from = null; });
  drawing.addEventListener("click", (event) => { if (moved) event.preventDefault(); }, true);
  drawing.addEventListener("dragstart", (event) => event.preventDefault());
  const keys = { ArrowRight: "right", ArrowLeft: "left", ArrowUp: "up", ArrowDown: "down" };
  drawing.addEventListener("keydown", (event) => {
    if (event.key === "+" || event.key === "-" || event.key === "0") { zoom({ "+": 1.25, "-": 0.8, 0: 0 }[event.key]); return; }
    const to = event.target.closest("[data-node]")?.dataset[keys[event.key]];
    if (!to) return;
    event.preventDefault();
    const next = drawing.querySelector(`[data-node="${CSS.escape(to)}"]`);
    if (next) { event.target.tabIndex = -1; next.tabIndex = 0; next.focus(); }
  });
}
