// Choosing a place on a map: tap, arrow keys with Enter, or the device's own position.
import { all, one, say } from "./dom.js";

const WAIT = 12000;
const FINGERTIP = 12; // pixels by which a tap may miss
const METRES_AT_ZOOM_0 = 156543; // one pixel at the equator

class Place {
  constructor(box, zoneMap) {
    this.map = zoneMap.map;
    this.status = one("[data-place-status]", box);
    [this.lon, this.lat] = all(".place-fields input, .place-fields select", box);
    // a hidden field for the accuracy in metres, when the form wants to know it
    this.accuracy = one("[data-place-accuracy]", box.closest("form") ?? box);
    this.marker = null;
    this.circle = null;
    this.map.on("click", (event) => this.choose(event.latlng));
    this.map.getContainer().addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target === this.map.getContainer()) {
        event.preventDefault();
        this.choose(this.map.getCenter());
      }
    });
    one("[data-act=locate]", box)?.addEventListener("click", () => this.locate());
    for (const field of [this.lon, this.lat]) field?.addEventListener("change", () => this.read());
    zoneMap.element.addEventListener("qy:map-ready", () => this.read());
  }

  choose(at, accuracy = 0) {
    const { lng, lat } = at.wrap();
    if (this.lon) this.lon.value = lng.toFixed(6);
    if (this.lat) this.lat.value = lat.toFixed(6);
    for (const field of [this.lon, this.lat]) field?.dispatchEvent(new Event("input", { bubbles: true }));
    if (this.accuracy) this.accuracy.value = Math.round(accuracy || this.reach(lat));
    this.draw(at, accuracy);
    const values = { lon: lng.toFixed(5), lat: lat.toFixed(5), m: Math.round(accuracy) };
    this.tell(say(accuracy ? "located" : "picked", values));
  }

  /** How far a tap at this zoom may be off, in metres. */
  reach(lat) {
    const pixel = METRES_AT_ZOOM_0 * Math.cos((lat * Math.PI) / 180) / 2 ** this.map.getZoom();
    return Math.max(1, FINGERTIP * pixel);
  }

  draw(at, accuracy) {
    const icon = L.divIcon({ className: "pin pin-pick", iconSize: [24, 24], iconAnchor: [12, 24] });
    this.marker ??= L.marker(at, { icon, keyboard: false, interactive: false }).addTo(this.map);
    this.marker.setLatLng(at);
    this.circle?.remove();
    this.circle = accuracy
      ? L.circle(at, { radius: accuracy, className: "map-accuracy", interactive: false }).addTo(this.map)
      : null;
  }

  /** Show what the fields already hold (a form that came back, or typed numbers). */
  read() {
    const at = [Number(this.lat?.value), Number(this.lon?.value)];
    if (!at.every(Number.isFinite) || !at[0]) return;
    this.draw(L.latLng(at), 0);
    this.map.setView(at, Math.max(this.map.getZoom(), 15), { animate: false });
  }

  locate() {
    if (!navigator.geolocation) {
      this.tell(say("not-located"));
      return;
    }
    this.tell(say("locating"));
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const at = L.latLng(coords.latitude, coords.longitude);
        this.choose(at, Math.max(1, coords.accuracy));
        this.map.setView(at, 16);
      },
      () => this.tell(say("not-located")),
      { enableHighAccuracy: true, timeout: WAIT, maximumAge: 60000 },
    );
  }

  tell(text) {
    if (this.status) this.status.textContent = text;
  }
}

export const setUpPlace = (box, zoneMap) => new Place(box, zoneMap);
