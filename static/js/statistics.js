"use strict";

// Chart.js draws each figure from its own table, which then folds away: one source of numbers, with or without scripts.
(() => {
  const MUTED = "#a57c3a"; // as .column-bar
  const charts = new Map(); // by figure
  const open = new Map(); // what the person has opened or closed, by id: a refresh keeps it

  function colours() {
    const style = getComputedStyle(document.documentElement);
    return (name) => style.getPropertyValue(name).trim();
  }

  function seriesOf(table) {
    return [...table.tHead.rows[0].cells].flatMap((cell, column) => cell.dataset.series ? [{ column, kind: cell.dataset.series, label: cell.textContent }] : []);
  }

  function datasetOf({ column, kind, label }, rows, colour) {
    const isLine = kind === "line";
    return {
      type: kind,
      label,
      data: rows.map((row) => Number(row.cells[column].dataset.value)),
      yAxisID: isLine ? "lines" : "y",
      order: isLine ? 0 : 1,
      backgroundColor: isLine ? colour("--bg") : MUTED,
      hoverBackgroundColor: colour(isLine ? "--bg" : "--accent"),
      borderColor: colour("--text"),
      borderWidth: isLine ? 1.5 : 0,
      borderRadius: 2,
      pointRadius: rows.length > 24 ? 0 : 3,
      pointHitRadius: 8,
      maxBarThickness: 36,
      categoryPercentage: 0.9,
      barPercentage: 0.9,
    };
  }

  function axis(title, colour, more = {}) {
    return {
      beginAtZero: true,
      border: { display: false },
      grid: { color: colour("--line"), drawTicks: false },
      ticks: { color: colour("--quiet"), precision: 0, padding: 6, maxTicksLimit: 5 },
      title: { display: true, text: title, color: colour("--quiet") },
      ...more,
    };
  }

  function optionsOf(series, links, colour) {
    const bar = series.find((one) => one.kind === "bar"), line = series.find((one) => one.kind === "line");
    return {
      responsive: true,
      maintainAspectRatio: false,
      animation: false,
      interaction: { mode: "index", intersect: false },
      onClick: (_, [hit]) => hit && links[hit.index] && location.assign(links[hit.index]),
      onHover: (event, [hit]) => { event.native.target.style.cursor = hit && links[hit.index] ? "pointer" : "default"; },
      plugins: {
        legend: { display: series.length > 1, align: "start", labels: { color: colour("--text"), boxWidth: 14, boxHeight: 8 } },
        tooltip: { backgroundColor: colour("--field"), titleColor: colour("--text"), bodyColor: colour("--text"), borderColor: colour("--line"), borderWidth: 1 },
      },
      scales: {
        x: { grid: { display: false }, border: { color: colour("--line") }, ticks: { color: colour("--quiet"), maxRotation: 0, autoSkipPadding: 12 } },
        y: axis(bar.label, colour),
        ...(line && { lines: axis(line.label, colour, { position: "right", grid: { display: false } }) }),
      },
    };
  }

  function draw(figure) {
    if (charts.has(figure) || !window.Chart) return;
    const table = figure.querySelector("table"), box = figure.querySelector(".chart-box"), colour = colours();
    const rows = [...table.tBodies[0].rows], series = seriesOf(table);
    const links = rows.map((row) => row.cells[0].querySelector("a")?.href);
    box.hidden = false;
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    charts.set(figure, new Chart(figure.querySelector("canvas"), {
      data: { labels: rows.map((row) => row.cells[0].textContent), datasets: series.map((one) => datasetOf(one, rows, colour)) },
      options: optionsOf(series, links, colour),
    }));
    figure.querySelector(".chart-table").open = false;
  }

  function drawAll(root) {
    root.querySelectorAll("figure[data-chart]").forEach(draw);
  }

  // On a narrow screen a year is wider than its box, and begins where its newest day is.
  function toNewest(root) {
    root.querySelectorAll(".heat-scroll").forEach((box) => {
      const newest = box.querySelector("rect:last-of-type");
      if (newest) box.scrollLeft += newest.getBoundingClientRect().right - box.getBoundingClientRect().right + 8;
    });
  }

  function forget(root) {
    charts.forEach((chart, figure) => {
      if (!root.contains(figure)) return;
      chart.destroy();
      charts.delete(figure);
    });
  }

  document.addEventListener("DOMContentLoaded", () => { drawAll(document); toNewest(document); });
  document.addEventListener("toggle", (event) => event.target.id === "more-calendar" && toNewest(event.target), true);
  document.addEventListener("htmx:beforeSwap", () => { for (const part of document.querySelectorAll("#statistics details[id]")) open.set(part.id, part.open); });
  document.addEventListener("htmx:oobBeforeSwap", (event) => event.detail.target.contains(document.activeElement) && event.preventDefault()); // a filter is being chosen
  document.addEventListener("htmx:beforeCleanupElement", (event) => forget(event.target));
  document.addEventListener("htmx:load", (event) => {
    drawAll(event.target);
    event.target.querySelectorAll("details[id]").forEach((one) => { if (open.has(one.id)) one.open = open.get(one.id); });
    toNewest(event.target);
  });
})();
