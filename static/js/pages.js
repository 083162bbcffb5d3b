"use strict";

document.documentElement.classList.add("js");

// A poster that does not load makes way for the drawn one under it. Errors do not bubble, so they are captured.
function dropBrokenPoster(image) {
  if (image.matches(".poster img")) image.remove();
}
document.addEventListener("error", (event) => event.target instanceof HTMLImageElement && dropBrokenPoster(event.target), true);

// Imports show days in the person's own time zone.
function fillTimeZones() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  document.querySelectorAll("input[name=time_zone]").forEach((input) => { input.value = zone || ""; });
}

function offerToCopy(button) {
  const field = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy"); // no clipboard API over plain http
    }
    button.textContent = button.dataset.copied;
  });
}

// A part of a page that could not be loaded is said in one place, and the control that asked for it goes back to what
// is true. Polls try again by themselves: they are said once, until one of them comes through.
const isPoll = (detail) => !detail.requestConfig?.triggeringEvent && detail.elt.getAttribute("hx-trigger")?.startsWith("every");
const isFilter = (form) => Boolean(form?.getAttribute("hx-trigger")?.includes("change"));

function say(kind) {
  const toast = document.getElementById("toast");
  toast.dataset.kind = kind;
  toast.querySelector("p").textContent = toast.dataset[kind] ?? "";
  for (const part of toast.children) part.hidden = !kind;
  toast.querySelector("[data-reload]").hidden = kind !== "forbidden" && kind !== "failed";
}

function keepAsTrue(form) {
  for (const field of form.elements) {
    if (field.matches("[type=radio], [type=checkbox]")) field.defaultChecked = field.checked;
    else if (field.matches("select")) for (const option of field.options) option.defaultSelected = option.selected;
    else if ("defaultValue" in field) field.defaultValue = field.value;
  }
}

function putBack(element) {
  const form = element.closest("form");
  if (isFilter(form)) form.reset();
  for (const star of form?.querySelectorAll(".rate input[type=radio]") ?? []) star.checked = star.defaultChecked;
}

function failed(detail, kind) {
  if (!isPoll(detail)) putBack(detail.elt);
  if (kind === "offline" && detail.elt.matches("[data-says-itself]")) return;
  say(kind);
}

document.addEventListener("htmx:sendError", ({ detail }) => failed(detail, "offline"));
document.addEventListener("htmx:timeout", ({ detail }) => failed(detail, "late"));
document.addEventListener("htmx:responseError", ({ detail }) => {
  if (detail.xhr.getResponseHeader("HX-Redirect") || document.contains(detail.target) && detail.shouldSwap) return;
  if (/^(400|404|409|413|422|429)$/.test(detail.xhr.status)) return; // their answer is shown in its place
  failed(detail, detail.xhr.status === 403 ? "forbidden" : "failed");
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (!detail.successful) return;
  const form = detail.elt.closest("form");
  if (isFilter(form)) keepAsTrue(form);
  if (document.getElementById("toast").dataset.kind) say("");
});

// A part may stand on a page of its own, without what its answer would be put into: then it is sent as a form.
document.addEventListener("htmx:targetError", ({ target }) => {
  const form = target.closest("form");
  const button = document.activeElement;
  if (!form) return;
  if (form.contains(button) && button.name) {
    const pressed = document.createElement("input");
    Object.assign(pressed, { type: "hidden", name: button.name, value: button.value });
    form.append(pressed);
  }
  form.submit();
});

// Whoever waits sees it: a thin bar on top, and the pressed button busy.
const LATE = 150; // milliseconds
const pending = new Map();
const showBar = () => { document.getElementById("loading-bar").hidden = ![...pending.values()].some((wait) => wait.isLate); };

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (isPoll(detail)) return;
  const wait = { isLate: false, button: detail.requestConfig.triggeringEvent?.submitter };
  wait.button?.setAttribute("aria-busy", "true");
  wait.timer = setTimeout(() => { wait.isLate = true; showBar(); }, LATE);
  pending.set(detail.xhr, wait);
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const wait = pending.get(detail.xhr);
  clearTimeout(wait?.timer);
  wait?.button?.removeAttribute("aria-busy");
  pending.delete(detail.xhr);
  showBar();
});

document.addEventListener("DOMContentLoaded", () => {
  document.querySelector("#toast [data-reload]").addEventListener("click", () => location.reload());
  document.querySelector("#toast [data-close]").addEventListener("click", () => say(""));
  for (const image of document.querySelectorAll("img")) {
    if (image.complete && !image.naturalWidth && image.src && image.loading !== "lazy") dropBrokenPoster(image);
  }
  fillTimeZones();
  document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" }); // on a phone they scroll
  document.querySelectorAll("[data-copy]").forEach(offerToCopy);
});
