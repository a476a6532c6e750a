// Keys of the desk and the few things HTMX leaves to us. No framework, no inline code:
// without this file every page still works.
"use strict";

(() => {
  const GO_TIMEOUT = 1500;
  const TOAST_LIFE = 6000;
  const FOLLOW_DELAY = 90;
  let goPressedAt = 0;
  let following = 0;
  let lastBefore = null;

  const typing = (element) =>
    element.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]") !== null;

  const one = (selector) => document.querySelector(selector);
  const rows = () => [...document.querySelectorAll("[data-list] [data-row]")];
  const linkOf = (row) => row.querySelector("a");

  function current() {
    const all = rows();
    const focused = all.findIndex((row) => row.contains(document.activeElement));
    return focused >= 0 ? focused : all.findIndex((row) => row.hasAttribute("aria-current"));
  }

  function mark(row) {
    rows().forEach((other) => other.removeAttribute("aria-current"));
    if (row) {
      row.setAttribute("aria-current", "true");
      row.scrollIntoView({ block: "nearest" });
    }
  }

  function move(step) {
    const all = rows();
    const next = all[Math.max(0, Math.min(all.length - 1, current() + step))];
    if (!next) return;
    mark(next);
    const link = linkOf(next);
    link.focus({ preventScroll: true });
    // In the queue the case follows the cursor; elsewhere Enter opens.
    if (link.hasAttribute("hx-get") && !narrow()) follow(link);
  }

  // A held key runs down the list; only the row it stops on is loaded, and the
  // address changes without filling the history.
  function follow(link) {
    clearTimeout(following);
    following = setTimeout(() => {
      window.htmx.ajax("GET", link.getAttribute("href"), { source: link, target: "#case", swap: "outerHTML" });
      history.replaceState(history.state, "", link.getAttribute("href"));
    }, FOLLOW_DELAY);
  }

  const narrow = () => window.matchMedia("(max-width: 1000px)").matches;

  function open() {
    const row = rows()[current()];
    if (row) linkOf(row).click();
  }

  function press(letter) {
    const button = one(`[data-key="${letter}"]`);
    if (!button || button.disabled) return false;
    button.click();
    return true;
  }

  function go(letter) {
    const link = one(`[data-go="${letter}"]`);
    if (link) link.click();
    return Boolean(link);
  }

  function search() {
    const field = one("[data-search]");
    if (!field) return false;
    field.focus();
    field.select();
    return true;
  }

  function help() {
    const dialog = one("#keys");
    if (dialog) dialog.showModal();
    return Boolean(dialog);
  }

  const onEnter = (event) => {
    if (document.activeElement !== document.body) return false;
    open();
    return true;
  };

  // By key position, so that the Russian layout works too.
  const actions = {
    KeyJ: () => move(1) !== false,
    KeyK: () => move(-1) !== false,
    Enter: onEnter,
    KeyE: () => press("e"),
    KeyM: () => press("m"),
    KeyN: () => press("n"),
    KeyS: () => press("s"),
    KeyA: () => press("a"),
    KeyG: () => { goPressedAt = Date.now(); return true; },
  };

  const isHelp = (event) => event.key === "?" || (event.code === "Slash" && event.shiftKey);
  const isSearch = (event) => event.key === "/" || (event.code === "Slash" && !event.shiftKey);

  function handle(event) {
    if (isHelp(event)) return help();
    if (isSearch(event)) return search();
    if (Date.now() - goPressedAt < GO_TIMEOUT && event.code !== "KeyG") {
      goPressedAt = 0;
      return go(event.code.replace("Key", "").toLowerCase());
    }
    const action = actions[event.code];
    return action ? action(event) : false;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat && event.code === "Enter") return;
    if (event.key === "Escape") {
      document.querySelectorAll("details.menu[open]").forEach((menu) => menu.removeAttribute("open"));
      if (typing(event.target)) event.target.blur();
      return;
    }
    if (typing(event.target) || one("dialog[open]")) return;
    if (handle(event)) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.removeAttribute("open");
    });
    const closer = event.target.closest("[data-dismiss]");
    if (closer) closer.parentElement.remove();
    if (event.target.closest("[data-print]")) window.print();
    const copier = event.target.closest("[data-copy]");
    if (copier) copy(copier);
    const keys = event.target.closest("[data-keys]");
    if (keys && help()) event.preventDefault();
    const row = event.target.closest("[data-row]");
    if (row && event.target.closest("a[hx-get]")) mark(row);
  });

  // The decision form asks for the row below as it stands at this moment.
  document.addEventListener("htmx:configRequest", (event) => {
    const form = event.target.closest("[data-decision]");
    if (!form) return;
    const all = rows();
    const at = all.findIndex((row) => row.hasAttribute("aria-current"));
    const below = all[at + 1] || all[at - 1];
    if (at >= 0) event.detail.parameters.set
      ? event.detail.parameters.set("next", below ? below.dataset.row : "")
      : (event.detail.parameters.next = below ? below.dataset.row : "");
  });

  // "Show more" is replaced by what it brings: whoever pressed it goes on there.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const more = event.detail.target;
    const pressed = more.id === "more" && more.contains(document.activeElement);
    lastBefore = pressed ? more.previousElementSibling : null;
  });

  function readOn() {
    const next = lastBefore && lastBefore.nextElementSibling;
    lastBefore = null;
    const link = next && linkOf(next);
    if (link) link.focus({ preventScroll: true });
  }

  document.addEventListener("htmx:afterSwap", () => {
    readOn();
    const shown = one("[data-case]");
    const row = shown && document.getElementById(`row-${shown.dataset.case}`);
    if (row && !row.hasAttribute("aria-current")) mark(row);
    if (shown && narrow()) window.scrollTo(0, 0);
    settle();
  });

  document.addEventListener("htmx:sendError", () => {
    const template = one("#no-connection");
    const place = one("#toasts");
    if (template && place && !place.children.length) place.append(template.content.cloneNode(true));
  });

  function settle() {
    document.querySelectorAll("[data-leaves]:not([data-leaving])").forEach((note) => {
      note.setAttribute("data-leaving", "");
      setTimeout(() => note.remove(), TOAST_LIFE);
    });
    document.querySelectorAll("[data-print][hidden], [data-copy][hidden]").forEach((button) => button.removeAttribute("hidden"));
  }

  // The field stays selected, so that the keys copy it where the browser will not.
  function copy(button) {
    const field = document.getElementById(button.dataset.copy);
    field.focus();
    field.select();
    const told = button.querySelector("[data-copied]");
    const say = () => { told.textContent = told.dataset.copied; };
    if (navigator.clipboard) navigator.clipboard.writeText(field.value).then(say, () => {});
    else if (document.execCommand("copy")) say();
  }

  // On a phone the view in force may stand outside of its scrolling row.
  document.querySelectorAll(".views [aria-current]").forEach((view) => {
    if (narrow()) view.parentElement.scrollLeft = view.offsetLeft - 16;
  });
  settle();
})();
