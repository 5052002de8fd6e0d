/** How a page comes into the shell: by the launch secret, by a token, by a link, by back and forward. */

import htmx from "htmx.org";

import { NEW_PAGE } from "./requests";
import { here, main, show } from "./shell";
import { askOtherTabs, exchange, LOCKED, token } from "./token";

/** Takes the launch secret out of the address, so that no history keeps it. Null where there is none. */
function takeSecret(): string | null {
  const secret = new URLSearchParams(location.hash.slice(1)).get("enter");
  if (secret !== null) history.replaceState(history.state, "", here());
  return secret;
}

/** Lets every link and form of the pages go through htmx. */
export function takeLinks(): void {
  document.body.setAttribute("hx-boost:inherited", `target:#main swap:'${NEW_PAGE}'`);
  document.addEventListener(LOCKED, () => show("locked"));
  // A page that the browser took out of its memory would show what may have been locked since.
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}

/** Shows the page of the address, or what keeps it from being shown. Returns whether it is shown. */
export async function begin(): Promise<boolean> {
  const secret = takeSecret();
  try {
    if (secret !== null) await exchange("/enter", { secret });
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
