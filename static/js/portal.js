// Small helps. Every page is complete without them.
(() => {
  "use strict";

  const WAIT = 5000; // a second press within these milliseconds is a double click, later it is a wish

  const focusErrors = (part) => part.querySelector(".error-summary")?.focus();

  const leave = (event) => {
    const link = event.target.closest("[data-leave]");
    if (!link) return;
    event.preventDefault();
    document.documentElement.hidden = true; // nothing to read while the other page comes
    location.replace(link.href);
  };

  const print = (event) => {
    if (event.target.closest("[data-print]")) window.print();
  };

  const sendOnce = (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    const now = Date.now();
    if (now - Number(form.dataset.sentAt || 0) < WAIT) event.preventDefault();
    else form.dataset.sentAt = now;
  };

  // A page that comes back from the browser's memory may be sent again.
  const forgetSending = () => {
    for (const form of document.forms) delete form.dataset.sentAt;
  };

  const networkError = (failed) => {
    const message = document.querySelector("[data-network-error]");
    if (message) message.hidden = !failed;
  };

  // What is ticked for somebody's list goes along to a card, to the next page, and back.
  const keepTicked = (event) => {
    if (event.target.name !== "a") return;
    const ticked = new FormData(event.target.form).getAll("a");
    const listing = (address) => {
      const url = new URL(address);
      url.searchParams.delete("a");
      for (const key of ticked) url.searchParams.append("a", key);
      return url.href;
    };
    for (const link of document.querySelectorAll("#results h2 a, #results nav a")) {
      link.href = listing(link.href);
    }
    history.replaceState(history.state, "", listing(location.href));
  };

  // htmx notes each address that it pushes; on a shared computer nothing stays, not even that.
  const forgetAddress = () => sessionStorage.removeItem("htmx-current-path-for-history");

  document.addEventListener("click", leave);
  document.addEventListener("click", print);
  document.addEventListener("submit", sendOnce);
  document.addEventListener("change", keepTicked);
  window.addEventListener("pageshow", forgetSending);
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.addEventListener(name, () => networkError(true));
  }
  for (const name of ["DOMContentLoaded", "htmx:pushedIntoHistory", "htmx:replacedInHistory"]) {
    document.addEventListener(name, forgetAddress);
  }
  document.addEventListener("htmx:beforeRequest", () => networkError(false));
  document.addEventListener("htmx:afterSettle", (event) => focusErrors(event.target));
  for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;
  focusErrors(document);
})();
