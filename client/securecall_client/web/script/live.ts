/**
 * One live stream: `GET /live?path=...`, server-sent events over fetch, so that the token goes along. On `changed`, and
 * whenever the stream begins anew, the page is asked for again and morphed into what is shown; on `locked`, it is gone.
 * A tab in the background has no stream, and asks now and then whether it was locked. How it stands is in `data-live` of
 * `<html>`: `on` or `lost`.
 */

import htmx, { type HtmxRequestCtx } from "htmx.org";

import { ask } from "./ask";
import { isWriting } from "./keep";
import { showProgress } from "./progress";
import { DONE, SAME_PAGE, STREAM } from "./requests";
import { say as tell } from "./said";
import { here, main, show } from "./shell";
import { LOCKED, TAB, lock, token } from "./token";

/** After this many milliseconds a stream that could not begin is tried again. */
const AGAIN = 2000;
/** So often, in milliseconds, a tab in the background asks whether it was locked; browsers make it a minute at most. */
const STILL = 5000;

let stream: HTMLElement | null = null;
let watched = "";
let running = false;
let wanted = false;

function say(state: "on" | "lost"): void {
  document.documentElement.dataset["live"] = state;
}

/** Asks for the page again. What changes meanwhile makes it ask once more, and not once for each change. */
async function refresh(): Promise<void> {
  wanted = true;
  if (running) return;
  running = true;
  try {
    while (wanted && stream !== null) {
      wanted = false;
      await htmx.ajax("GET", here(), { source: stream, target: main(), swap: SAME_PAGE });
    }
  } finally {
    running = false;
  }
}

/** Ends a stream, wherever it stands: being asked for, running, or waiting to be tried again. */
function close(): void {
  if (stream === null) return;
  htmx.trigger(stream, "htmx:abort");
  stream.removeAttribute("hx-sse:connect");
  htmx.process(stream, true);
  stream.remove();
  stream = null;
}

/** Begins the stream for the page that is shown. */
function open(): void {
  close();
  if (token() === null) return;
  watched = here();
  const element = document.createElement("div");
  element.hidden = true;
  element.setAttribute(STREAM, "");
  element.setAttribute("hx-sse:connect", `/live?path=${encodeURIComponent(watched)}&tab=${TAB}`);
  element.setAttribute("hx-swap", "none");
  element.setAttribute("hx-config", "sse.reconnectMaxDelay:5000");
  stream = element;
  listen(element);
  document.body.append(element);
  htmx.process(element);
}

function listen(element: HTMLElement): void {
  let begun = false;
  element.addEventListener("changed", () => void refresh());
  element.addEventListener("locked", lock);
  element.addEventListener("said", (event) => tell(String(JSON.parse((event as CustomEvent<{ data: string }>).detail.data))));
  element.addEventListener("progress", (event) => {
    if (event instanceof CustomEvent) showProgress(String(JSON.parse((event as CustomEvent<{ data: string }>).detail.data)));
  });
  htmx.on(element, "htmx:sse:after:connection", () => {
    begun = true;
    say("on");
    void refresh();
  });
  htmx.on(element, "htmx:sse:error", (event) => {
    if ((event as CustomEvent<{ status?: number }>).detail.status === 401) lock();
    else say("lost");
  });
  htmx.on(element, "htmx:finally:request", (event) => {
    if (begun || element !== stream || !event.detail.ctx.request.action.startsWith("/live")) return;
    say("lost");
    setTimeout(() => element === stream && open(), AGAIN);
  });
}

/**
 * Sees whether the program is open still, for a tab that nobody tells. If it has ended, the page goes, unless somebody
 * has words in it that may be kept nowhere else.
 */
async function check(): Promise<void> {
  if (token() === null) return;
  try {
    await ask("/still");
  } catch {
    if (isWriting()) return;
    lock();
    show("lost");
  }
}

/** How it is said why there is no such page (any more) for this person, which then takes the page's place. */
const REFUSED = 422;

/** Whether an answer to `refresh` is no page, or belongs to the page that was shown before this one. */
function stale(ctx: HtmxRequestCtx): boolean {
  if (!ctx.sourceElement.hasAttribute(STREAM)) return false;
  const answer = ctx.response?.raw;
  return ctx.sourceElement !== stream || ctx.request.action !== here() || !(answer?.ok || answer?.status === REFUSED);
}

/** Keeps the page that is shown up to date from now on. */
export function follow(): void {
  document.addEventListener(LOCKED, close);
  document.addEventListener(DONE, () => void refresh());
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) void check().then(refresh);
  });
  setInterval(() => document.hidden && void check(), STILL);
  htmx.on("htmx:before:swap", (event) => {
    if (stale(event.detail.ctx)) event.preventDefault();
  });
  htmx.on("htmx:after:swap", (event) => {
    // What is on its way may have been asked for before that was done which this page shows.
    if (running && !event.detail.ctx.sourceElement.hasAttribute(STREAM)) wanted = true;
    if (here() !== watched) open();
  });
  open();
}
