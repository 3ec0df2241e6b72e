// What is shown once (a password, a secret, a pairing code): a dialog that stays until it is closed; only then the page goes on.
import { fill, make, words } from "./core.js";

export function reveal({ reveal: name, revealTitle, then }, data) {
  const dialog = document.getElementById("fd-dialog"), value = String(data[name]);
  const close = (label, look) => make("button", { type: "button", class: look, "data-close": true, "aria-label": label });
  const done = close(words("noted"), "btn btn-primary");
  done.textContent = words("noted");
  const copy = make("button", { type: "button", class: "btn", "data-copy": value }, words("copy"));
  document.getElementById("fd-dialog-content").replaceChildren(
    make("div", { class: "fd-dialog-head" }, make("div", {}, make("h2", { id: "dialog-title" }, revealTitle ?? ""), make("p", { class: "text-secondary" }, words("shownOnce")))),
    make("div", { class: "fd-dialog-body" }, make("output", { class: "fd-secret" }, value), make("footer", { class: "fd-form-foot" }, copy, done)),
  );
  dialog.addEventListener("close", () => { if (then) location.assign(fill(then, data)); else location.reload(); }, { once: true });
  if (!dialog.open) dialog.showModal();
  done.focus();
}
