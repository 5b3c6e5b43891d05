// <qy-count data-due=epoch-ms data-warn=60 data-crit=30>: time left by the server's clock.
// One timer serves the whole page. The tone moves to the nearest row that carries data-tone, and
// only a change of tone is announced, never each second.
import { all, clock, one, say } from "./dom.js";

const DAY = 86400;
const running = new Set();

/** Server time minus device time; a page taken from history keeps the skew measured before. */
function measureSkew() {
  const isOld = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  const server = Number(document.body.dataset.now);
  try {
    if (isOld || !server) return Number(sessionStorage.getItem("qy-skew")) || 0;
    sessionStorage.setItem("qy-skew", server - Date.now());
  } catch { /* without storage the fresh value still serves this page */ }
  return server ? server - Date.now() : 0;
}
const skew = measureSkew();
export const serverNow = () => Date.now() + skew;

class Countdown extends HTMLElement {
  connectedCallback() {
    running.add(this);
    this.tick();
  }

  disconnectedCallback() {
    running.delete(this);
  }

  tick() {
    const left = Math.floor((Number(this.dataset.due) - serverNow()) / 1000);
    const text = this.words(left);
    if (this.textContent !== text) this.textContent = text;
    const tone = this.toneOf(left);
    if (this.dataset.tone === tone) return;
    const before = this.dataset.tone;
    this.dataset.tone = tone;
    const row = this.parentElement?.closest("[data-tone]");
    if (row) row.dataset.tone = tone;
    if (before) this.announce(tone, row);
  }

  words(left) {
    const s = Math.abs(left);
    const time = s >= DAY ? say("days", { d: Math.floor(s / DAY), h: Math.floor((s % DAY) / 3600) }) : clock(s);
    return left < 0 ? say("over", { clock: time }) : time;
  }

  toneOf(left) {
    if (left < 0) return "over";
    if (left < Number(this.dataset.crit || 30) * 60) return "crit";
    return left < Number(this.dataset.warn || 60) * 60 ? "warn" : "ok";
  }

  announce(tone, row) {
    const status = one("#toasts");
    if (!status || !["crit", "over"].includes(tone)) return;
    const name = one("b, a", row || this)?.textContent.trim() || "";
    const line = document.createElement("span");
    line.className = "sr";
    line.textContent = say(`became-${tone}`, { m: this.dataset.crit || 30, name });
    status.append(line);
    setTimeout(() => line.remove(), 5000);
  }
}

class Clock extends HTMLElement {
  connectedCallback() {
    running.add(this);
    this.tick();
  }

  disconnectedCallback() {
    running.delete(this);
  }

  tick() {
    const format = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: "Asia/Shanghai" };
    this.textContent = new Intl.DateTimeFormat("zh-CN", format).format(serverNow());
  }
}

customElements.define("qy-count", Countdown);
customElements.define("qy-clock", Clock);
setInterval(() => running.forEach((element) => element.tick()), 1000);

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) all("qy-count").forEach((element) => element.tick());
});
