/** The door: the passphrase that opens what is locked, the button that locks, and the one that tries again. */

import { show } from "./shell";
import { LOCKED, exchange, isOurs } from "./token";

function part(form: HTMLFormElement, selector: string): HTMLElement {
  const found = form.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`The door has no ${selector}.`);
  return found;
}

/** Says why the passphrase did not open, and lets it be typed again. */
function refuse(form: HTMLFormElement, words: string): void {
  const told = part(form, ".refused");
  told.textContent = words;
  told.hidden = false;
  const field = part(form, "input") as HTMLInputElement;
  field.value = "";
  field.focus();
}

async function unlock(form: HTMLFormElement): Promise<void> {
  const button = part(form, "button") as HTMLButtonElement;
  const busy = part(form, "[data-busy]");
  const { passphrase } = Object.fromEntries(new FormData(form));
  button.disabled = true;
  busy.textContent = busy.dataset["busy"] ?? "";
  try {
    if (!(await isOurs())) {
      show("lost");
      return;
    }
    const why = await exchange("/unlock", { passphrase });
    if (why === null) location.reload();
    else refuse(form, why || (form.dataset["stranger"] ?? ""));
  } catch {
    location.reload();
  } finally {
    button.disabled = false;
    busy.textContent = "";
  }
}

/** Takes care of the door, wherever it is shown. */
export function keepDoor(): void {
  document.addEventListener("submit", (event) => {
    if (!(event.target instanceof HTMLFormElement) || event.target.id !== "unlock") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    void unlock(event.target);
  }, { capture: true });
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-reload]")) location.reload();
  });
  document.addEventListener(LOCKED, () => {
    document.title = "SecureCall";
    for (const id of ["notice", "said", "heard", "alarm"]) document.getElementById(id)?.replaceChildren();
  });
}
