/**
 * Following whoever presents: a choice that a person makes in this window, and that stays until they turn away. It is
 * kept in the memory of the page alone. Nobody who is writing something is taken anywhere.
 */

import htmx from "htmx.org";

import { isWriting } from "./keep";
import { here, main } from "./shell";
import { LOCKED } from "./token";

/** The call in which this window follows, and where it was taken last. */
let followed = "";
let seen = "";

function bar(): HTMLElement | null {
  return document.getElementById("presents");
}

/** Follows in a call from now on; nothing for none. */
function choose(call: string): void {
  followed = call;
  seen = call ? here() : "";
  document.documentElement.toggleAttribute("data-following", call !== "");
}

/** Goes where the presenter has gone since. */
function look(): void {
  const shown = bar();
  if (shown === null || !followed || shown.dataset["call"] !== followed) return;
  const path = shown.dataset["path"] ?? "";
  if (!path || path === seen) return;
  if (path === here()) {
    seen = path;
    return;
  }
  if (isWriting()) return;
  seen = path;
  shown.querySelector<HTMLElement>("a[data-follow]")?.click();
}

function click(event: MouseEvent): void {
  if (!(event.target instanceof Element)) return;
  const call = bar()?.dataset["call"] ?? "";
  const link = event.target.closest("a[href]");
  if (event.target.closest("[data-unfollow]")) choose("");
  else if (event.target.closest("[data-follow]")) {
    choose(call);
    seen = bar()?.dataset["path"] ?? "";
  } else if (link !== null && !link.hasAttribute("target")) choose("");
}

/** Takes care of the bar, wherever it is shown. */
export function followPresenter(): void {
  document.addEventListener("click", click, { capture: true });
  addEventListener("popstate", () => choose(""));
  document.addEventListener(LOCKED, () => choose(""));
  htmx.on("htmx:after:swap", () => main().isConnected && look());
}
