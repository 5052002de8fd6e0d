/**
 * What a morphing swap must never take from a person: what they type, what they chose and have not sent, what they
 * opened. `live.ts` and answers to forms swap this way. The rules stand in `docs/pages-inside.md`.
 */

import htmx, { type HtmxRequestCtx } from "htmx.org";

import { main } from "./shell";

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
type Morph = { oldNode: Node; newNode: Node };
type Task = { fragment: DocumentFragment; target: Element; swapSpec: { style: string } };

const FIELDS = "input:not([type=hidden], [type=submit], [type=button], [type=reset], [type=image]), textarea, select";
const TICKED = ["checkbox", "radio"];

/** What was in the fields of a form when it was sent. */
const sent = new WeakMap<HtmxRequestCtx, Map<Field, string>>();
/** Fields whose words have arrived: the answer may put others there. */
let arrived = new Set<Node>();
/** What is set when the swap is done, because it depends on what stands around it. */
let afterwards: (() => void)[] = [];

function isField(node: Node): node is Field {
  return node instanceof Element && node.matches(FIELDS);
}

function isTicked(field: Field): field is HTMLInputElement {
  return TICKED.includes(field.type);
}

function content(field: Field): string {
  if (field instanceof HTMLSelectElement) return [...field.selectedOptions].map((option) => option.value).join("\n");
  return isTicked(field) ? String(field.checked) : field.value;
}

/** The radio buttons that are one choice, or the field alone. */
function together(field: Field): Field[] {
  if (field.type !== "radio" || !field.name) return [field];
  const scope: ParentNode = field.form ?? main();
  return [...scope.querySelectorAll<HTMLInputElement>(`input[type=radio][name="${CSS.escape(field.name)}"]`)];
}

function changedSelect(select: HTMLSelectElement): boolean {
  const options = [...select.options];
  if (select.multiple || options.some((option) => option.defaultSelected)) {
    return options.some((option) => option.selected !== option.defaultSelected);
  }
  return select.selectedIndex > 0;
}

/** Whether a person changed this field since the page gave it. */
function changed(field: Field): boolean {
  if (field instanceof HTMLSelectElement) return changedSelect(field);
  if (isTicked(field)) return together(field).some((one) => isTicked(one) && one.checked !== one.defaultChecked);
  if (field.type === "file") return field.value !== "";
  return field.value !== field.defaultValue;
}

/** Whether something on the page was typed or chosen and not sent. */
export function isWriting(): boolean {
  return [...main().querySelectorAll<Field>(FIELDS)].some(changed);
}

/** Whether a field is a person's at this moment: being written in, or changed and not sent. */
function theirs(field: Field): boolean {
  if (arrived.has(field)) return false;
  return changed(field) || (document.activeElement === field && !isTicked(field));
}

/** Gives the page's new field what the old one began with, so that nothing of what stands in it is replaced. */
function pin(old: Field, fresh: Field): void {
  if (old instanceof HTMLTextAreaElement && fresh instanceof HTMLTextAreaElement) {
    fresh.defaultValue = old.defaultValue;
  } else if (old instanceof HTMLInputElement && fresh instanceof HTMLInputElement) {
    const value = old.getAttribute("value");
    if (value === null) fresh.removeAttribute("value");
    else fresh.setAttribute("value", value);
    fresh.toggleAttribute("checked", old.defaultChecked);
  }
}

/** Takes over what the page says, also where a browser would stay with what was typed and sent. */
function adopt(old: Field, fresh: Field): void {
  if (old instanceof HTMLSelectElement && fresh instanceof HTMLSelectElement) {
    const chosen = [...fresh.options].map((option) => option.selected);
    afterwards.push(() => chosen.forEach((selected, at) => {
      const option = old.options[at];
      if (option) option.selected = selected;
    }));
  } else if (old instanceof HTMLInputElement && fresh instanceof HTMLInputElement && isTicked(old)) {
    const { defaultChecked } = fresh;
    afterwards.push(() => (old.checked = defaultChecked));
  } else if (!(old instanceof HTMLSelectElement) && !(fresh instanceof HTMLSelectElement)) {
    const { defaultValue } = fresh;
    if (old.type === "file") old.value = "";
    else if (old.value !== defaultValue) afterwards.push(() => (old.value = defaultValue));
  }
}

/** Decides on one node. Returns false where all of it stays as it is. */
function morph({ oldNode, newNode }: Morph): boolean {
  if (!(oldNode instanceof Element) || !(newNode instanceof Element)) return true;
  if (oldNode.hasAttribute("data-keep")) return false;
  if (oldNode instanceof HTMLDetailsElement) newNode.toggleAttribute("open", oldNode.open);
  if (!isField(oldNode) || !isField(newNode)) return true;
  if (!theirs(oldNode)) {
    adopt(oldNode, newNode);
    return true;
  }
  pin(oldNode, newNode);
  return oldNode.name === newNode.name && oldNode.type === newNode.type && !(oldNode instanceof HTMLSelectElement);
}

function byId(root: ParentNode, id: string): Element | null {
  return root.querySelector(`[id="${CSS.escape(id)}"]`);
}

/**
 * Puts back into the new page what it has no place for any more although somebody has written in it: its form, or the
 * smallest part around a field without one that lies in something the new page still has, at the end of that, marked
 * `data-gone`. What else stood there is not put back: it may be gone because this person shall not read it any more.
 */
function rescue(field: Field, page: DocumentFragment): void {
  if (!field.id || byId(page, field.id)) return;
  let part: Element = field;
  let home: ParentNode | null = null;
  for (let around = field.parentElement; home === null && around !== main() && around; around = around.parentElement) {
    if (around.id && byId(page, around.id)) home = byId(page, around.id);
    else if (part !== field.form) part = around;
  }
  const kept = (home === null ? (field.form ?? field) : part).cloneNode(true) as Element;
  kept.setAttribute("data-gone", "");
  (home ?? page.querySelector(".content") ?? page).append(kept);
}

/** Prepares a morphing swap: what has arrived is let go, what is being written stays, and nothing takes the focus. */
function prepare(ctx: HtmxRequestCtx, task: Task): void {
  const words = ctx.response?.raw.ok ? sent.get(ctx) : undefined;
  arrived = new Set([...(words ?? [])].filter(([field, was]) => content(field) === was).map(([field]) => field));
  for (const element of task.fragment.querySelectorAll("[autofocus]")) element.removeAttribute("autofocus");
  for (const field of task.target.querySelectorAll<Field>(FIELDS)) {
    if (!arrived.has(field) && changed(field)) rescue(field, task.fragment);
  }
}

/** What the page says of a field that was sent. */
function reset(field: Field): void {
  if (field instanceof HTMLSelectElement) {
    for (const option of field.options) option.selected = option.defaultSelected;
    if (!field.multiple && field.selectedIndex < 0) field.selectedIndex = 0;
  } else if (isTicked(field)) field.checked = field.defaultChecked;
  else if (field.type === "file") field.value = "";
  else if (field.value !== field.defaultValue) field.value = field.defaultValue;
}

/** What stood in a field when it was sent is what it begins with from now on: nobody writes in it any more. */
function settle(field: Field): void {
  if (field instanceof HTMLSelectElement) for (const option of field.options) option.defaultSelected = option.selected;
  else if (isTicked(field)) field.defaultChecked = field.checked;
  else if (field.type !== "file") field.defaultValue = field.value;
}

function finish(): void {
  for (const step of afterwards) step();
  // What is equal in both pages is passed over by a morph, although something else was typed into it.
  for (const node of arrived) {
    if (!node.isConnected || !isField(node)) continue;
    if (node.closest("[data-keep]") === null) reset(node);
    else settle(node);
  }
  afterwards = [];
  arrived = new Set();
}

htmx.registerExtension("securecall-keep", {
  htmx_config_request: (element: Element, { ctx }: { ctx: HtmxRequestCtx }) => {
    const form = ctx.request.method === "GET" ? null : element.closest("form");
    if (form) sent.set(ctx, new Map([...form.elements].filter(isField).map((field) => [field, content(field)])));
  },
  htmx_before_swap: (_: Element, { ctx, tasks }: { ctx: HtmxRequestCtx; tasks: Task[] }) => {
    for (const task of tasks) if (task.swapSpec.style.endsWith("Morph")) prepare(ctx, task);
  },
  htmx_before_morph_node: (_: Element, nodes: Morph) => morph(nodes),
  htmx_finally_swap: finish,
});
