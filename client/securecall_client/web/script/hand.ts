/** Buttons that hand something over: to the printer (`data-print`), to the clipboard (`data-copy`, a field's id). */

import { say } from "./said";

async function copy(button: HTMLElement): Promise<void> {
  const field = document.getElementById(button.dataset["copy"] ?? "");
  if (!(field instanceof HTMLTextAreaElement)) return;
  try {
    await navigator.clipboard.writeText(field.value);
    say(button.dataset["copied"] ?? "");
  } catch {
    // Where the browser does not let us, the person copies what is marked.
    field.focus();
    field.select();
  }
}

/** Takes care of these buttons, wherever they are shown. */
export function handOver(): void {
  document.addEventListener("click", ({ target }) => {
    if (!(target instanceof Element)) return;
    if (target.closest("[data-print]")) window.print();
    const button = target.closest("[data-copy]");
    if (button instanceof HTMLElement) void copy(button);
  });
}
