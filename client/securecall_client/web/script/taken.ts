/** A text that a person has in a file, put into the field that it belongs into; that field's choice is then made. */

async function take(field: HTMLInputElement): Promise<void> {
  const into = document.getElementById(field.dataset["into"] ?? "");
  const file = field.files?.[0];
  if (!(into instanceof HTMLTextAreaElement) || !file) return;
  into.value = await file.text();
  field.value = "";
  into.dispatchEvent(new Event("input", { bubbles: true }));
  into.focus();
}

/** Takes care of such fields, wherever they are. */
export function takeTexts(): void {
  document.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLInputElement && target.matches("[data-into]")) void take(target);
  });
  document.addEventListener("input", ({ target }) => {
    const chosen = target instanceof HTMLElement ? document.getElementById(target.dataset["chooses"] ?? "") : null;
    if (chosen instanceof HTMLInputElement) chosen.checked = true;
  });
}
