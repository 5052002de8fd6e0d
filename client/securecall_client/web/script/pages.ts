/** How a page comes into the shell: by the launch secret, by a token, by a link, by back and forward. */

import htmx from "htmx.org";

import { bringsPage, NEW_PAGE } from "./requests";
import { here, main, show } from "./shell";
import { askOtherTabs, keep, LOCKED, token } from "./token";

/** Takes the launch secret out of the address, so that no history keeps it. Null where there is none. */
function takeSecret(): string | null {
  const secret = new URLSearchParams(location.hash.slice(1)).get("enter");
  if (secret !== null) history.replaceState(history.state, "", here());
  return secret;
}

/** Exchanges the launch secret, which works once, for the page's token. Keeps nothing where it is refused. */
async function enter(secret: string): Promise<void> {
  const answer = await fetch("/enter", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ secret }),
    cache: "no-store",
    redirect: "error",
  });
  if (!answer.ok) return;
  const given = (await answer.json()) as { token?: unknown };
  if (typeof given.token === "string") keep(given.token);
}

/** Lets every link and form of the pages go through htmx, and puts the keyboard where a new page begins. */
export function takeLinks(): void {
  document.body.setAttribute("hx-boost:inherited", `target:#main swap:'${NEW_PAGE}'`);
  main().tabIndex = -1;
  document.addEventListener(LOCKED, () => show("locked"));
  htmx.on("htmx:after:swap", ({ detail: { ctx } }) => {
    if (bringsPage(ctx) && !main().contains(document.activeElement)) main().focus({ preventScroll: true });
  });
  // A page that the browser took out of its memory would show what may have been locked since.
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}

/** Shows the page of the address, or what keeps it from being shown. Returns whether it is shown. */
export async function begin(): Promise<boolean> {
  const secret = takeSecret();
  try {
    if (secret !== null) await enter(secret);
  } catch {
    show("lost");
    return false;
  }
  if (token() === null) await askOtherTabs();
  if (token() === null) {
    show("locked");
    return false;
  }
  await htmx.ajax("GET", here(), { source: main(), target: main(), swap: "innerHTML" });
  if (main().firstElementChild === null) show("lost");
  return token() !== null;
}
