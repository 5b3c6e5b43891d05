// Short messages in the corner. Errors stay until dismissed; the rest leave after a while unless
// somebody is reading them.
import { all, make, one, say } from "./dom.js";

const SHOWN_FOR = 6000;

function arm(toast) {
  const close = make("button", { type: "button", "aria-label": say("dismiss"), text: "×" });
  close.addEventListener("click", () => toast.remove());
  toast.append(close);
  if (toast.classList.contains("toast-error")) return;
  const leave = () => {
    if (toast.matches(":hover, :focus-within")) setTimeout(leave, 2000);
    else toast.remove();
  };
  setTimeout(leave, SHOWN_FOR);
}

/** Show a message: tone info, success, warn or error. */
export function toast(text, tone = "info") {
  const item = make("div", { class: `toast toast-${tone}` }, make("span", { text }));
  one("#toasts")?.append(item);
  arm(item);
}

all("[data-toast]").forEach(arm);

// fragments may carry their messages in a header: HX-Trigger: {"qy:toast": {"text", "tone"}}
document.addEventListener("qy:toast", (event) => toast(event.detail.text, event.detail.tone));
document.addEventListener("htmx:sendError", () => toast(say("cannot-load"), "error"));
document.addEventListener("htmx:responseError", (event) => {
  const { xhr, elt } = event.detail;
  if (xhr.status >= 500) toast(say("cannot-load"), "error");
  // a part that keeps itself fresh and may no longer be read: it goes, and asks no more
  else if ([403, 404].includes(xhr.status) && elt.matches("[hx-trigger*='qy:']")) {
    const words = make("div", {}, make("b", { text: say("gone") }));
    elt.replaceWith(make("div", { class: "note note-warn", role: "alert" }, words));
  }
});
// a refused form (422) comes back as the form with its errors
document.addEventListener("htmx:beforeSwap", (event) => {
  if ([409, 422].includes(event.detail.xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
