/** What is said of what was done: a sentence in a corner, read aloud by a screen reader, that goes by itself. */

import { putOn } from "./focus";
import { content } from "./shell";

/** After this many milliseconds a sentence goes; a pointer or the keyboard on it holds it. */
const STAYS = 9000;
/** So many sentences stand at once. */
const MOST = 4;

/** Says one sentence. */
export function say(words: string): void {
  const place = document.getElementById("said");
  if (place === null || !words) return;
  const told = document.createElement("div");
  const text = document.createElement("span");
  text.textContent = words;
  text.dir = "auto";
  const away = document.createElement("button");
  away.type = "button";
  away.textContent = "×";
  away.setAttribute("aria-label", place.dataset["dismiss"] ?? "");
  away.addEventListener("click", () => {
    told.remove();
    putOn(content());
  });
  told.append(text, away);
  place.append(told);
  while (place.children.length > MOST) place.firstElementChild?.remove();
  const go = (): void => {
    if (told.matches(":hover, :focus-within")) setTimeout(go, STAYS);
    else told.remove();
  };
  setTimeout(go, STAYS);
}
