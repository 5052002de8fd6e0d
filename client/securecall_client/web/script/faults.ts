/** What is wrong with an answer, marked at the field that it is about, and said there. */

function wrongId(id: string): string {
  return `${id}-wrong`;
}

function mark(id: string, why: string): void {
  const field = document.getElementById(id);
  if (field === null || document.getElementById(wrongId(id))) return;
  const words = document.createElement("p");
  words.id = wrongId(id);
  words.className = "wrong";
  words.dir = "auto";
  words.textContent = why;
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", words.id);
  if (field instanceof HTMLFieldSetElement) field.append(words);
  else field.after(words);
}

function unmark(field: Element): void {
  field.removeAttribute("aria-invalid");
  field.removeAttribute("aria-describedby");
  document.getElementById(wrongId(field.id))?.remove();
}

/** A field was changed: what was wrong with it is not said any more. */
export function rightAgain(target: Element): void {
  const field = target.closest("[aria-invalid]");
  if (field) unmark(field);
}

function focusOn(id: string): void {
  const field = document.getElementById(id);
  const within = field instanceof HTMLFieldSetElement ? field.querySelector<HTMLElement>("input, select") : field;
  within?.focus();
}

/** Marks what a new notice names, and goes to the first of it. */
export function markFaults(): void {
  const list = document.querySelector<HTMLElement>("#notice .faults:not([data-marked])");
  if (list === null) return;
  list.dataset["marked"] = "";
  for (const field of document.querySelectorAll("[data-keep] [aria-invalid]")) unmark(field);
  const named = [...list.querySelectorAll<HTMLElement>("[data-fault]")];
  for (const one of named) {
    mark(one.dataset["fault"] ?? "", one.dataset["why"] ?? "");
    one.addEventListener("click", () => focusOn(one.dataset["fault"] ?? ""));
  }
  focusOn(named[0]?.dataset["fault"] ?? "");
}
