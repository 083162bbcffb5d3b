"use strict";

// The review: its keys, where the focus goes after a decision, and the clock of the last five minutes.
// Without it every button of the page works all the same.
(() => {
  const LAST_MINUTES = 5 * 60;
  const find = (selector) => document.querySelector(selector);

  const isTyping = (element) => element.matches("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])");
  const isBusy = () => Boolean(find(".htmx-request:not(.search-goes-on), dialog[open]"));

  function rate(stars) {
    const star = find(`.rate input[value="${stars}"]`);
    if (!star) return;
    star.checked = true;
    star.form.querySelector(".decision button.button[type=submit]").click();
  }

  // The next of the films that it could be, round and round.
  function move(step) {
    const choices = [...document.querySelectorAll(".choices input")];
    if (choices.length < 2 && choices.every((choice) => choice.checked)) return;
    const at = choices.findIndex((choice) => choice.checked);
    const next = choices[at < 0 ? 0 : (at + step + choices.length) % choices.length];
    next.checked = true;
    find("#review-said").textContent = next.closest("label").textContent.trim();
  }

  function openSearch() {
    const details = find("details.by-hand");
    if (!details) return;
    details.open = true;
    details.querySelector("input[type=search]").select();
  }

  function act(key) {
    if (/^[1-5]$/.test(key)) return rate(key);
    if (key === "ArrowLeft" || key === "ArrowRight") return move(key === "ArrowLeft" ? -1 : 1);
    if (key === "/") return openSearch();
    if (key === "?") return find("#review-keys").showModal();
    return find(`[data-key="${key}"]`)?.click();
  }

  document.addEventListener("keydown", (event) => {
    const key = event.shiftKey ? event.key : event.key.toLowerCase().replace(/^arrow(.)/, (_, first) => `Arrow${first.toUpperCase()}`);
    if (event.key === "Escape" && event.target.id === "search-q") return focusTitle();
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || isTyping(event.target) || isBusy()) return;
    if (key.startsWith("Arrow") && event.target.matches("input")) return; // they move within the group already
    if (!/^([1-5su/?]|Arrow(Left|Right))$/.test(key) || !find("#review-keys")) return;
    event.preventDefault();
    act(key);
  });

  function focusTitle() {
    const title = [...document.querySelectorAll("#review h1")].find((heading) => heading.offsetParent);
    title?.focus({ preventScroll: true });
  }

  function showKeysButton() {
    const button = find(".keys-button");
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", () => find("#review-keys").showModal());
  }

  function tick() {
    const clock = find(".clock");
    if (!clock) return;
    const left = Math.round(clock.dataset.ends - Date.now() / 1000);
    const isLast = left <= LAST_MINUTES;
    clock.classList.toggle("is-last", isLast);
    clock.querySelector(".clock-running").hidden = !isLast;
    clock.querySelector("b").textContent = `${Math.max(0, Math.floor(left / 60))}:${String(Math.max(0, left) % 60).padStart(2, "0")}`;
    if (left < 0) location.reload(); // the page says what happened
  }

  // TMDB is down: the search says so in its own place.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.xhr.status === 503 && detail.target.id === "search-results") detail.shouldSwap = true;
  });
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.target.id !== "review" && detail.elt.id !== "review") return;
    showKeysButton();
    if (!isTyping(document.activeElement)) focusTitle();
  });
  document.addEventListener("DOMContentLoaded", () => {
    showKeysButton();
    tick();
    setInterval(tick, 1000);
  });
})();
