// Pages of one call: a part refreshes when this call changed, not with every call of the zone,
// and not while somebody listens to a voice note in it.
import { all } from "../../qy/js/dom.js";

const isPlaying = (part) => all("audio, video", part).some((media) => !media.paused);

function refresh(part) {
  if (!isPlaying(part)) {
    window.htmx.trigger(part, "qy:this");
    return;
  }
  for (const media of all("audio, video", part)) {
    media.addEventListener("pause", () => refresh(part), { once: true });
  }
}

document.body.addEventListener("qy:call", ({ detail }) => {
  for (const part of all("[data-call]")) {
    if (part.dataset.call === detail?.key) refresh(part);
  }
});
