/** The map's picture, which is large: it is asked for again only when the page says that there is another one. */

import htmx from "htmx.org";

let asked = "";

function look(): void {
  const frame = document.getElementById("map-picture");
  const drawn = document.getElementById("map-drawn");
  if (frame === null || drawn === null) {
    asked = "";
    return;
  }
  const { picture = "", mark = "" } = frame.dataset;
  if (asked === `${picture} ${mark}`) return;
  asked = `${picture} ${mark}`;
  void htmx.ajax("GET", picture, { source: drawn, target: drawn, swap: "innerHTML" });
}

/** Keeps the picture up to date, wherever there is one. */
export function takePictures(): void {
  htmx.on("htmx:after:swap", look);
}
