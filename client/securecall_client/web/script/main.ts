/** The one script of the pages. It loads nothing from anywhere and runs nothing that stands in a page. */

import "htmx.org";
import "htmx.org/dist/ext/hx-download.js";
import "htmx.org/dist/ext/hx-sse.js";
import "./requests";
import "./keep";

import { keepDoor } from "./door";
import { handOver } from "./hand";
import { follow } from "./live";
import { begin, takeLinks } from "./pages";

async function start(): Promise<void> {
  takeLinks();
  keepDoor();
  handOver();
  if (await begin()) follow();
}

void start();
