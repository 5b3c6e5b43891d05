// <qy-chart data-chart='{cats, unit, series}'>: pointer and arrow-key reading of a server-drawn
// chart. The same numbers stand in its hidden table.
import { make, one } from "./dom.js";

class Chart extends HTMLElement {
  connectedCallback() {
    this.data = JSON.parse(this.dataset.chart);
    this.plot = one(".plot-area", this);
    this.cross = one(".cross", this);
    this.index = -1;
    this.addEventListener("pointermove", (event) => this.point(event));
    this.addEventListener("pointerleave", () => this.clear());
    this.addEventListener("blur", () => this.clear());
    this.addEventListener("keydown", (event) => this.key(event));
  }

  point(event) {
    const box = this.plot.getBoundingClientRect();
    this.show(Math.floor(((event.clientX - box.left) / box.width) * this.data.cats.length));
  }

  key(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) {
      event.preventDefault();
      this.show(Math.max(0, Math.min(this.data.cats.length - 1, this.index + step)));
    } else if (event.key === "Escape") {
      this.clear();
    }
  }

  show(index) {
    const count = this.data.cats.length;
    if (index < 0 || index >= count) {
      this.clear();
      return;
    }
    if (index === this.index) return;
    this.index = index;
    const share = (index + 0.5) / count;
    this.cross.removeAttribute("visibility");
    this.cross.setAttribute("x1", `${share * 100}%`);
    this.cross.setAttribute("x2", `${share * 100}%`);
    this.tell(index);
    this.place(share);
  }

  tell(index) {
    this.tip ??= this.appendChild(make("div", { class: "chart-tip", role: "status" }));
    this.tip.hidden = false;
    const lines = this.data.series
      .filter((series) => series.values[index] != null)
      .map((series) => make("div", {},
        make("i", { class: `swatch swatch-${series.colour}` }),
        make("span", { text: series.name }),
        make("em", { text: `${series.texts?.[index] ?? series.values[index]}${this.data.unit}` })));
    this.tip.replaceChildren(make("b", { text: this.data.cats[index] }), ...lines);
  }

  place(share) {
    const own = this.getBoundingClientRect();
    const box = this.plot.getBoundingClientRect();
    const x = box.left - own.left + share * box.width;
    const isRight = share > 0.6;
    this.tip.style.left = isRight ? "auto" : `${x + 10}px`;
    this.tip.style.right = isRight ? `${own.width - x + 10}px` : "auto";
  }

  clear() {
    this.index = -1;
    this.cross?.setAttribute("visibility", "hidden");
    if (this.tip) this.tip.hidden = true;
  }
}

customElements.define("qy-chart", Chart);
