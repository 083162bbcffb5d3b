"use strict";

// The drop zone: says what each chosen file is, asks where a file can't be told, and shows how much has been sent.
// Without it the same form works as a plain file input.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("upload");
  const input = form.querySelector("input[type=file]");
  const zone = form.querySelector(".drop-zone");
  const list = form.querySelector(".chosen");
  const sending = form.querySelector(".sending");
  const words = document.getElementById("upload-words");
  const HEADERS = [
    ["skipped", ["content"]],
    ["skipped", ["username"]],
    ["entries", ["title", "watcheddate"]],
    ["entries", ["letterboxduri"]],
    ["reviews", ["review", "watched date"]],
    ["diary", ["watched date"]],
    ["ratings", ["name", "rating"]],
    ["ask", ["date", "name", "year"]],
  ];
  const ROLE_WORDS = { watched: "watched", likes: "likes", liked: "likes", watchlist: "watchlist" };
  const chosen = []; // {file, kind, role: what the person says it is}

  async function headerOf(file) {
    const bytes = new Uint8Array(await file.slice(0, 4096).arrayBuffer());
    const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
    const text = new TextDecoder(isWide ? "utf-16le" : "utf-8").decode(bytes);
    const cells = text.split(/[\r\n]/, 1)[0].split(/[,;\t]/);
    return cells.map((cell) => cell.replace(/["\ufeff]/g, "").trim().toLowerCase());
  }

  // Watched, likes and watchlist have the same header: the name tells, or the person does.
  function roleByName(name) {
    const roles = new Set((name.toLowerCase().match(/[a-z]+/g) || []).map((word) => ROLE_WORDS[word]).filter(Boolean));
    return roles.size === 1 ? [...roles][0] : "ask";
  }

  async function kindOf(file) {
    if (!file.size) return "empty";
    if (/\.zip$/i.test(file.name)) return "zip";
    if (/\.json$/i.test(file.name)) return "export";
    if (!/\.csv$/i.test(file.name)) return "other";
    const cells = await headerOf(file);
    if (cells[0].startsWith("letterboxd list export")) return "skipped";
    const found = HEADERS.find(([, needed]) => needed.every((name) => cells.includes(name)));
    if (!found) return "unknown";
    return found[0] === "ask" ? roleByName(file.name) : found[0];
  }

  function size(bytes) {
    const [value, unit] = bytes < 1e6 ? [Math.max(bytes / 1e3, 0.1), "kilobyte"] : [bytes / 1e6, "megabyte"];
    const format = { style: "unit", unit, maximumFractionDigits: value < 10 ? 1 : 0 };
    return new Intl.NumberFormat(document.documentElement.lang, format).format(value);
  }

  function element(tag, className, text) {
    const made = document.createElement(tag);
    made.className = className;
    made.textContent = text;
    return made;
  }

  // One `roles` value for each file, in order: what the person says, or nothing.
  function roleField(entry) {
    if (entry.kind === "ask") {
      const select = words.content.querySelector("select").cloneNode(true);
      select.setAttribute("aria-label", `${words.dataset.ask} ${entry.file.name}`);
      select.value = entry.role || "";
      select.addEventListener("change", () => { entry.role = select.value; });
      return select;
    }
    const hidden = document.createElement("input");
    hidden.type = "hidden";
    hidden.name = "roles";
    return hidden;
  }

  function row(entry, index) {
    const { file, kind } = entry;
    const item = element("li", `chosen-${kind}`, "");
    const remove = element("button", "link-button", words.dataset.remove);
    remove.type = "button";
    remove.setAttribute("aria-label", `${words.dataset.remove} ${file.name}`);
    remove.addEventListener("click", () => { chosen.splice(index, 1); problem(""); show(); });
    item.append(element("b", "", file.name), element("span", "quiet", size(file.size)));
    if (kind !== "ask") item.append(element("span", "chosen-kind", words.dataset[kind] || words.dataset.unknown));
    item.append(roleField(entry), remove);
    return item;
  }

  function show() {
    const transfer = new DataTransfer();
    for (const { file } of chosen) transfer.items.add(file);
    input.files = transfer.files;
    list.replaceChildren(...chosen.map(row));
    form.classList.toggle("has-files", chosen.length > 0);
  }

  async function add(files) {
    const known = new Set(chosen.map(({ file }) => file.name));
    const fresh = [...files].filter((file) => !known.has(file.name));
    const kinds = await Promise.all(fresh.map(kindOf));
    chosen.push(...fresh.map((file, index) => ({ file, kind: kinds[index] })));
    problem("");
    show();
  }

  function problem(text) {
    const panel = document.getElementById("upload-problem");
    panel.replaceChildren();
    delete panel.dataset.roleNeeded;
    if (!text) return;
    const box = element("div", "problem", "");
    box.append(element("p", "", text));
    panel.append(box);
  }

  function sent(share) {
    sending.hidden = share === null;
    sending.querySelector("progress").value = share ?? 0;
    sending.querySelector("label").textContent = share === 100 ? words.dataset.reading : words.dataset.sending;
  }

  input.addEventListener("change", () => add(input.files));
  zone.addEventListener("dragover", (event) => { event.preventDefault(); zone.classList.add("is-over"); });
  zone.addEventListener("dragleave", () => zone.classList.remove("is-over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("is-over");
    add(event.dataTransfer.files);
  });
  form.addEventListener("htmx:beforeRequest", () => { problem(""); sent(0); });
  form.addEventListener("htmx:xhr:progress", ({ detail }) => detail.lengthComputable && sent(Math.round((100 * detail.loaded) / detail.total)));
  form.addEventListener("htmx:afterRequest", ({ detail }) => detail.xhr.getResponseHeader("HX-Redirect") || sent(null));
  form.addEventListener("htmx:sendError", () => { sent(null); problem(words.dataset.broken); });
  // The server could not tell a file either: ask beside it.
  form.addEventListener("htmx:afterSwap", () => {
    const name = document.getElementById("upload-problem").dataset.roleNeeded;
    const isMeant = ({ file }) => name && (file.name === name || name.startsWith(`${file.name}/`) || chosen.length === 1);
    const unclear = chosen.find(isMeant);
    if (!unclear) return;
    unclear.kind = "ask";
    document.querySelector("#upload-problem .roles").remove();
    show();
  });
});
