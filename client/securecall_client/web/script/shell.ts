/** The shell around the pages: the same for every path, without data; `#main` holds the page. */

/** The path of the page that is shown, with its query. */
export function here(): string {
  return location.pathname + location.search;
}

/** The one element that holds the page. */
export function main(): HTMLElement {
  const found = document.getElementById("main");
  if (found === null) throw new Error('The shell has no element with id="main".');
  return found;
}

/** The landmark of the page that is shown, where its own words begin. */
export function content(): HTMLElement {
  return main().querySelector<HTMLElement>("main") ?? main();
}

/** Shows one of the shell's templates (`locked`, `lost`) where the page was, which leaves nothing of it. */
export function show(name: "locked" | "lost"): void {
  const template = document.getElementById(name);
  if (!(template instanceof HTMLTemplateElement)) throw new Error(`The shell has no template with id="${name}".`);
  main().replaceChildren(template.content.cloneNode(true));
  // Browsers heed `autofocus` once in a document's life, and the shell lives long.
  const first = main().querySelector<HTMLElement>("[autofocus]") ?? content();
  if (first === content()) first.tabIndex = -1;
  first.focus();
}
