// The frame: menu drawer, language, theme, dialogs, copying, keyboard, rows that lead somewhere, what htmx could not load.
import { make, reportNetwork, toast, words } from "./core.js";

const root = document.documentElement;
const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { /* private window: for this page only */ } };
const dialog = document.getElementById("fd-dialog");

function menu(open) {
  document.body.classList.toggle("fd-menu-open", open);
  document.querySelector("[data-menu-open]")?.setAttribute("aria-expanded", String(open));
  if (open) document.querySelector(".fd-side a.active, .fd-side a")?.focus();
}

async function copy(value) {
  try {
    // The clipboard interface is missing on plain http; the old way is not.
    if (navigator.clipboard) await navigator.clipboard.writeText(value);
    else copyTheOldWay(value);
    toast(words("copied", { value }));
  } catch { toast(words("copyFailed"), "bad"); }
}

function copyTheOldWay(value) {
  const area = make("textarea", { class: "visually-hidden" });
  area.value = value;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("not allowed");
}

async function openDialog(url) {
  const content = document.getElementById("fd-dialog-content");
  content.replaceChildren(make("div", { class: "fd-loading", role: "status" }, make("span", { class: "spinner-border spinner-border-sm" }), words("loading")));
  if (!dialog.open) dialog.showModal();
  await htmx.ajax("GET", url, { target: "#fd-dialog-content", swap: "innerHTML" });
  const begin = content.querySelector("[data-begin-at]")?.dataset.beginAt;
  const first = begin && [...content.querySelectorAll("form [name]:not([type=hidden])")].find((field) => field.name === begin || field.name.startsWith(`${begin}.`));
  if (first) { first.focus(); first.scrollIntoView({ block: "center" }); return; }
  content.querySelector("[autofocus], form input:not([type=hidden]), form select, form textarea, form button[type=submit]")?.focus();
}

const pressed = {
  "[data-menu-open]": () => menu(!document.body.classList.contains("fd-menu-open")),
  "[data-menu-close]": () => menu(false),
  "[data-theme-switch]": () => { const theme = root.dataset.bsTheme === "dark" ? "light" : "dark"; root.dataset.bsTheme = theme; keep("fiducial-theme", theme); },
  "[data-language]": (button) => { document.cookie = `fiducial_lang=${button.dataset.language}; path=/; max-age=31536000; samesite=lax`; location.reload(); },
  "[data-keys]": () => showKeys(),
  "[data-copy]": (button) => copy(button.dataset.copy),
  "[data-dialog]": (button) => openDialog(button.dataset.dialog),
  "[data-close]": (button) => button.closest("dialog")?.close(),
};

document.addEventListener("click", (event) => {
  for (const [selector, act] of Object.entries(pressed)) {
    const element = event.target.closest(selector);
    if (element) { act(element); return; }
  }
  if (event.target instanceof HTMLDialogElement) event.target.close();
  document.querySelectorAll("details[data-drop][open]").forEach((drop) => { if (!drop.contains(event.target)) drop.open = false; });
  const row = event.target.closest("tr[data-href]");
  if (row && !event.target.closest("a, button, input, label") && !getSelection().toString()) location.assign(row.dataset.href);
});

function showKeys() {
  const list = document.getElementById("fd-keys-list"), dialogOfKeys = document.getElementById("fd-keys");
  list.querySelectorAll("[data-of-page]").forEach((row) => row.remove());
  document.querySelectorAll("[data-key]").forEach((button) => {
    const label = [...button.childNodes].filter((node) => node.nodeName !== "KBD").map((node) => node.textContent).join("").trim();
    list.append(make("div", { "data-of-page": "" }, make("dt", {}, make("kbd", {}, button.dataset.key)), make("dd", {}, label)));
  });
  dialogOfKeys.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.key === "Escape") {
    menu(false);
    document.querySelectorAll("details[data-drop][open]").forEach((drop) => { drop.open = false; });
    return;
  }
  if (document.querySelector("dialog[open]")) return;
  const button = [...document.querySelectorAll("[data-key]")].find((candidate) => candidate.dataset.key === event.key && !candidate.disabled);
  if (button) { event.preventDefault(); button.click(); return; }
  const writing = event.target.matches?.("input, textarea, select, [contenteditable]");
  if (writing) return;
  if (event.key === "/") { event.preventDefault(); ["[data-scan-input]", "[data-search]", "[data-search-everywhere]"].map((one) => document.querySelector(one)).find(Boolean)?.focus(); }
  if (event.key === "?") { event.preventDefault(); showKeys(); }
});

// ---- htmx: only for reading -----------------------------------------------------------------------------------------

document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  ctx.request.headers["Accept-Language"] = root.lang;
  const form = ctx.sourceElement?.closest?.("form[data-tidy]");
  if (!form || !(ctx.request.body instanceof FormData)) return;
  // Empty filters stay out of the address; the order that was chosen since the page was made stays in.
  for (const [name, value] of [...ctx.request.body]) if (value === "") ctx.request.body.delete(name);
  const sort = new URLSearchParams(location.search).get("sort");
  if (sort) ctx.request.body.set("sort", sort);
});

document.addEventListener("htmx:before:swap", (event) => {
  const { ctx } = event.detail;
  const raw = ctx?.response?.raw;
  if (!raw) return;
  reportNetwork(true);
  if (raw.redirected && new URL(raw.url).pathname === "/sign-in") { event.preventDefault(); location.reload(); return; }
  if (raw.status >= 400) { event.preventDefault(); unloaded(ctx); }
});
document.addEventListener("htmx:error", (event) => {
  const { ctx, error } = event.detail;
  if (!ctx?.request || !(error instanceof TypeError) || ctx.response) return;
  reportNetwork(false);
  unloaded(ctx);
});

// Say at the place itself that it is not up to date; in a dialog or an empty panel, instead of it.
function unloaded({ target, sourceElement }) {
  const place = typeof target === "string" ? document.querySelector(target) : target;
  const again = make("button", { type: "button", class: "btn" }, words("tryAgain"));
  const box = make("div", { class: "alert alert-danger fd-alert fd-unloaded", role: "alert" }, make("div", {}, words("loadFailed")), again);
  again.addEventListener("click", () => { box.remove(); if (place?.hasAttribute("hx-get")) htmx.trigger(place, "refresh"); else if (sourceElement?.isConnected && sourceElement !== document.body) htmx.trigger(sourceElement, sourceElement.matches("form") ? "submit" : "click"); else location.reload(); });
  place?.querySelector(":scope > .fd-unloaded")?.remove();
  place?.querySelector(":scope > .fd-loading")?.remove();
  place?.prepend(box);
}

// ---- once the page stands ---------------------------------------------------------------------------------------------

function settle(within) {
  within.querySelectorAll(".fd-route [aria-current=step]").forEach((step) => {
    const row = step.closest(".fd-route");
    row.scrollLeft = step.offsetLeft - (row.clientWidth - step.clientWidth) / 2;
  });
}
settle(document);
document.addEventListener("htmx:after:swap", () => settle(document));
document.querySelector(".fd-side a.active")?.scrollIntoView({ block: "nearest" });

try {
  const said = sessionStorage.getItem("fiducial-toast");
  sessionStorage.removeItem("fiducial-toast");
  if (said) toast(said);
} catch { /* nothing was kept */ }
