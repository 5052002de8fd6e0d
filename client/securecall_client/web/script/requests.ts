/** What every request carries and what every answer means, before htmx does anything with it. */

import htmx, { type HtmxRequestCtx } from "htmx.org";

import { isShut } from "./ask";
import { here, main } from "./shell";
import { TAB, lock, token } from "./token";

/** How a page comes in place of another one. */
export const NEW_PAGE = "innerHTML show:top showTarget:window";
/** How the page comes that is shown already, with what has changed. */
export const SAME_PAGE = "innerMorph show:none";

/** Marks where the live stream comes in, which asks for the page that is shown. */
export const STREAM = "data-stream";

interface Inside {
  initSecurity(policy: null, sync: () => never, async: () => never): void;
}

/** Stands where htmx would make a function of an attribute's text. The Content-Security-Policy refuses that as well. */
function refuse(): never {
  throw new Error("Nothing that stands in a page is run as a program.");
}

/** Where the answer came from in the end, after what the server sent us on to. */
function arrived(response: Response): string {
  const { pathname, search } = new URL(response.url);
  return pathname + search;
}

/** How many pages were asked for. Only the last one asked for is shown, in whatever order they come. */
let asked = 0;
const turns = new WeakMap<HtmxRequestCtx, number>();
/** How many had been asked for when a form was sent: whoever went elsewhere since stays there. */
const sentAt = new WeakMap<HtmxRequestCtx, number>();
/** How many forms were done that were sent from here, and how many when something was asked for. */
let done = 0;
const doneAt = new WeakMap<HtmxRequestCtx, number>();
/** Sent on `document` when something was done here, and the page that is shown may not say so: nobody else tells it. */
export const DONE = "securecall:done";
/** A turn that never comes. */
const LEFT = -1;

function takeTurn(ctx: HtmxRequestCtx): void {
  turns.set(ctx, ++asked);
}

function prepare(ctx: HtmxRequestCtx): void {
  const { headers, method } = ctx.request;
  const held = token();
  if (held !== null) headers["X-SecureCall-Token"] = held;
  doneAt.set(ctx, done);
  if ("HX-History-Restore-Request" in headers) {
    // Back and forward ask for the page anew: nothing of it was kept.
    Object.assign(ctx, { select: "", target: main(), swap: "innerHTML" });
    takeTurn(ctx);
  } else if ("HX-Boosted" in headers && method !== "GET") {
    ctx.swap = SAME_PAGE;
    headers["X-SecureCall-Tab"] = TAB;
    sentAt.set(ctx, asked);
  } else if ("HX-Boosted" in headers || ctx.sourceElement === main()) {
    takeTurn(ctx);
  }
}

function receive(ctx: HtmxRequestCtx): boolean {
  const response = ctx.response?.raw;
  if (response && isShut(response)) {
    lock();
    return false;
  }
  // What was asked for before a form was done, and comes after that, may not show it.
  if (doneAt.get(ctx) !== done && !ctx.sourceElement.hasAttribute(STREAM)) document.dispatchEvent(new Event(DONE));
  if (response && "HX-Boosted" in ctx.request.headers) receivePage(ctx, response);
  // A failure is told beside the page that it left standing, and in the place of one that there is not, or no more.
  if (bringsPage(ctx) || ctx.sourceElement.hasAttribute(STREAM)) Object.assign(ctx, { hx: {} });
  return true;
}

function receivePage(ctx: HtmxRequestCtx, response: Response): void {
  const sentForm = ctx.request.method !== "GET";
  const elsewhere = arrived(response) !== here();
  // What was done sends on to a page, be it that there is none for this person any more.
  const isDone = sentForm && (response.ok || response.redirected);
  const left = isDone && sentAt.get(ctx) !== asked;
  if (isDone) done++;
  if (left) {
    ctx.push = "false";
    turns.set(ctx, LEFT);
    document.dispatchEvent(new Event(DONE));
    return;
  }
  if (response.ok) document.getElementById("notice")?.replaceChildren();
  // A form that is answered in place, with its complaints, has no address of its own.
  if (!elsewhere || (sentForm && !response.redirected)) ctx.push = "false";
  else if (sentForm) {
    ctx.swap = NEW_PAGE;
    takeTurn(ctx);
  }
}

/** Whether this answer brings a page of its own, as a link does, and not news for the one that is shown. */
export function bringsPage(ctx: HtmxRequestCtx): boolean {
  return turns.has(ctx);
}

htmx.registerExtension("securecall-requests", {
  init: (inside: Inside) => inside.initSecurity(null, refuse, refuse),
  htmx_config_request: (_: Element, { ctx }: { ctx: HtmxRequestCtx }) => prepare(ctx),
  htmx_before_response: (_: Element, { ctx }: { ctx: HtmxRequestCtx }) => receive(ctx),
  htmx_before_swap: (_: Element, { ctx }: { ctx: HtmxRequestCtx }) =>
    token() !== null && (turns.get(ctx) ?? asked) === asked,
});
