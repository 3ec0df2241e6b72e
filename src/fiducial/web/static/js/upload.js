// A setting that is a file: choosing one sends it, and its name becomes the value of the form. Made by ui.upload.
import { call, newKey, NoAnswer, words } from "./core.js";

document.addEventListener("change", async ({ target }) => {
  const place = target.matches?.("input[type=file]") && target.closest("[data-upload]");
  if (!place || !target.files.length) return;
  const form = new FormData();
  form.append("file", target.files[0]);
  say(place, words("sending"));
  let answer;
  try {
    answer = await call("POST", place.dataset.upload, { body: form, key: newKey() });
  } catch (fault) {
    if (!(fault instanceof NoAnswer)) throw fault;
    return say(place, words("network"), true);
  } finally {
    target.value = "";
  }
  if (!answer.ok) return say(place, answer.error.details?.fields?.[0]?.reason ?? answer.error.message, true);
  put(place, answer.data.name, answer.data.url);
});

document.addEventListener("click", ({ target }) => {
  const away = target.closest?.("[data-upload-away]");
  if (away) put(away.closest("[data-upload]"), "", "");
});

function put(place, name, url) {
  const value = place.querySelector("input[type=hidden]"), image = place.querySelector("img");
  value.value = name;
  image.hidden = !url;
  if (url) image.src = url;
  place.querySelector("[data-upload-away]").hidden = !url;
  say(place, "");
  value.dispatchEvent(new Event("input", { bubbles: true }));
}

function say(place, text, isFault = false) {
  const fault = place.querySelector("[data-upload-said]");
  fault.textContent = text;
  fault.classList.toggle("text-red", isFault);
}
