/** Something that a person does and that takes its time: that it is being done, and a way to go on without the line. */

import htmx, { type HtmxRequestCtx } from "htmx.org";

import { post } from "./ask";
import { LOCKED } from "./token";

/** Milliseconds after which it is said. */
const SOON = 600;

/** The forms on their way, each with what will say so. */
const going = new Map<HtmxRequestCtx, number>();

function place(): HTMLElement | null {
  return document.getElementById("waiting");
}

function show(): void {
  const told = place();
  if (told === null || !told.hidden) return;
  told.hidden = false;
  const button = told.querySelector("button");
  if (button) button.disabled = false;
}

function end(ctx: HtmxRequestCtx): void {
  clearTimeout(going.get(ctx));
  going.delete(ctx);
  const told = place();
  if (told && going.size === 0) told.hidden = true;
}

/** Says so of every form that is sent. */
export function tellWaiting(): void {
  htmx.on("htmx:before:request", ({ detail: { ctx } }) => {
    if (ctx.request.method !== "GET") going.set(ctx, window.setTimeout(show, SOON));
  });
  htmx.on("htmx:finally:request", ({ detail: { ctx } }) => end(ctx));
  document.addEventListener(LOCKED, () => [...going.keys()].forEach(end));
  document.addEventListener("click", ({ target }) => {
    if (!(target instanceof HTMLButtonElement) || target.closest("#waiting") === null) return;
    target.disabled = true;
    void post("/line/without", "");
  });
}
