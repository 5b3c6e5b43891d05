// Every [data-map] element: vector layers from GeoJSON addresses, a legend that switches them,
// pins that a keyboard reaches, and a mode in which a tap chooses a place.
import { all, make, onContent, one, say, within } from "./dom.js";
import { setUpPlace } from "./place.js";

const SVG = "http://www.w3.org/2000/svg";
const AREAS = ["township", "planned", "developed", "parcel", "neighbourhood", "grid", "wall"];
const POINTS = ["site", "technician", "call", "job"];
const URGENT = ["call", "job"];
const REFRESH_AFTER = 3000;
const START = [35.5, 105]; // shown only while no layer has any extent
const MARKS = {
  call: "M12 5v9M12 19v.1",
  job: "M12 5v9M12 19v.1",
  technician: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4 21c0-4 3.6-6 8-6s8 2 8 6",
  site: "M5 21V5l7-3 7 3v16M9 9h2M13 9h2M9 13h2M13 13h2M9 21v-4h6v4",
};

const pinMarkup = (kind) =>
  `<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="${URGENT.includes(kind) ? 3 : 1.8}" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="${MARKS[kind] ?? MARKS.call}"/></svg>`;

function tooltip(feature) {
  const { name, note } = feature.properties ?? {};
  if (!name && !note) return null;
  return make("div", {}, make("b", { text: name ?? "" }), note ?? "");
}

class ZoneMap {
  constructor(element) {
    this.element = element;
    this.legend = one("[data-map-legend]", element.closest("[data-map-frame]") ?? element.parentNode);
    this.map = L.map(element, { zoomSnap: 0.25, zoomControl: false, minZoom: 4, maxZoom: 19, wheelPxPerZoomLevel: 110, keyboard: true });
    this.map.setView(START, 4);
    this.controls();
    this.renderer = L.svg({ padding: 0.4 });
    this.extent = L.latLngBounds([]);
    this.layers = [];
  }

  controls() {
    L.control.zoom({ position: "bottomright", zoomInTitle: say("zoom-in"), zoomOutTitle: say("zoom-out") }).addTo(this.map);
    L.control.scale({ imperial: false }).addTo(this.map);
    const { tiles, tileCredit, approval } = this.element.dataset;
    this.map.attributionControl.setPrefix(false);
    if (tiles) L.tileLayer(tiles, { maxZoom: 19 }).addTo(this.map);
    const credit = [tiles ? tileCredit : say("no-base-map"), approval].filter(Boolean).join(" · ");
    const plain = make("i", { text: credit }); // text, never markup, from settings
    if (credit) this.map.attributionControl.addAttribution(plain.innerHTML);
  }

  async load() {
    const specs = JSON.parse(this.element.dataset.layers || "[]");
    await Promise.all(specs.map((spec) => this.add(spec)));
    this.order();
    this.fit();
    this.element.dataset.ready = "1";
    this.element.dispatchEvent(new CustomEvent("qy:map-ready", { bubbles: true, detail: this }));
  }

  async add(spec) {
    const entry = { spec, layer: null, button: this.legendButton(spec) };
    this.layers.push(entry);
    try {
      const answer = await fetch(spec.url, { headers: { Accept: "application/geo+json, application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      entry.layer = this.draw(await answer.json(), spec.kind);
    } catch {
      entry.button?.classList.add("failed");
      if (entry.button) entry.button.title = say("cannot-load");
      return;
    }
    if (!spec.off) entry.layer.addTo(this.map);
    const bounds = entry.layer.getBounds();
    if (bounds.isValid() && spec.fit !== false) this.extent.extend(bounds);
  }

  draw(data, kind) {
    const isQuiet = ["planned", "developed", "water", "road"].includes(kind) || Boolean(this.element.dataset.placing);
    return L.geoJSON(data, {
      renderer: this.renderer,
      interactive: !isQuiet,
      style: () => ({ className: `layer-${kind}`, smoothFactor: 0.5 }),
      pointToLayer: (feature, at) => this.pin(feature, at, kind),
      onEachFeature: (feature, layer) => this.describe(feature, layer, isQuiet),
    });
  }

  pin(feature, at, kind) {
    const { tone, name } = feature.properties ?? {};
    const size = URGENT.includes(kind) ? 28 : 22;
    const icon = L.divIcon({ className: `pin pin-${kind} pin-${tone ?? "plain"}`, html: pinMarkup(kind), iconSize: [size, size] });
    return L.marker(at, { icon, keyboard: true, title: name ?? "", alt: name ?? "", riseOnHover: true });
  }

  describe(feature, layer, isQuiet) {
    const text = tooltip(feature);
    if (text && !isQuiet) layer.bindTooltip(text, { sticky: !(layer instanceof L.Marker), direction: "top", offset: [0, -10] });
    const url = feature.properties?.url;
    if (url && !this.element.dataset.placing) {
      layer.on("click", () => { location.href = url; });
      layer.on("keypress", (event) => { if (event.originalEvent.key === "Enter") location.href = url; });
    }
  }

  /** Lines above areas, pins above all; earlier kinds lie under later ones. */
  order() {
    for (const kind of [...AREAS, ...POINTS]) {
      this.layers.filter(({ spec, layer }) => layer && spec.kind === kind && this.map.hasLayer(layer))
        .forEach(({ layer }) => layer.bringToFront());
    }
  }

  fit() {
    if (this.extent.isValid()) this.map.fitBounds(this.extent, { padding: [8, 8], animate: false });
  }

  legendButton(spec) {
    if (!this.legend || !spec.label) return null;
    const button = make("button", { type: "button", "aria-pressed": String(!spec.off) }, this.sample(spec.kind), spec.label);
    button.addEventListener("click", () => this.toggle(spec, button));
    this.legend.append(button);
    return button;
  }

  sample(kind) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 16 12");
    svg.setAttribute("aria-hidden", "true");
    const shape = document.createElementNS(SVG, POINTS.includes(kind) ? "circle" : "rect");
    const sizes = POINTS.includes(kind) ? { cx: 8, cy: 6, r: 5 } : { x: 1, y: 1, width: 14, height: 10, rx: 2 };
    Object.entries(sizes).forEach(([name, value]) => shape.setAttribute(name, value));
    shape.setAttribute("class", `layer-${kind}`);
    svg.append(shape);
    return svg;
  }

  toggle(spec, button) {
    const entry = this.layers.find((each) => each.spec === spec);
    if (!entry.layer) return;
    const isOn = !this.map.hasLayer(entry.layer);
    if (isOn) entry.layer.addTo(this.map);
    else entry.layer.remove();
    button.setAttribute("aria-pressed", String(isOn));
    this.order();
  }

  /** Fetch the layers of a kind again (a live page calls this). */
  async refresh(kind) {
    for (const entry of this.layers.filter((each) => each.spec.kind === kind && each.layer)) {
      const answer = await fetch(entry.spec.url);
      if (!answer.ok) continue;
      entry.layer.clearLayers();
      entry.layer.addData(await answer.json());
    }
    this.order();
  }
}

function setUp(element) {
  if (element.zoneMap || !window.L) return;
  element.zoneMap = new ZoneMap(element);
  const place = element.closest("[data-place]");
  if (place) setUpPlace(place, element.zoneMap);
  element.zoneMap.load();
}

const begin = () => onContent((root) => within(root, "[data-map]").forEach(setUp));
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
else begin();

let waiting = 0;
/** Many calls may change at once; the pins follow a moment later, once. */
function refreshCalls() {
  waiting ||= setTimeout(() => {
    waiting = 0;
    all("[data-map]").forEach((element) => element.zoneMap?.refresh("call"));
  }, REFRESH_AFTER);
}
document.body.addEventListener("qy:call", refreshCalls);
document.body.addEventListener("qy:poll", refreshCalls);
