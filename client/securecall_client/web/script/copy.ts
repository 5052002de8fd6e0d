/** A button that copies the text of a field: `data-copy` is the field's id, `data-copied` what the button says then. */

/** Takes care of such buttons, wherever they are shown. */
export function takeCopies(): void {
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-copy]") : null;
    if (button === null) return;
    const field = document.getElementById(button.dataset["copy"] ?? "");
    if (!(field instanceof HTMLTextAreaElement || field instanceof HTMLInputElement)) return;
    field.select();
    void navigator.clipboard.writeText(field.value).then(() => (button.textContent = button.dataset["copied"] ?? ""));
  });
}
