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

document.addEventListener("DOMContentLoaded", () => {
  for (const image of document.querySelectorAll("img")) {
    if (image.complete && !image.naturalWidth && image.src && image.loading !== "lazy") dropBrokenPoster(image);
  }
  fillTimeZones();
  document.querySelectorAll("[data-copy]").forEach(offerToCopy);
});
