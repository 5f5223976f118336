// Elements, made of values: no text of a scenario is ever read as markup.

export type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>;

function fill(element: Element, attributes: Attributes, children: Child[]) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child) element.append(child);
}

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K, attributes: Attributes = {}, ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  fill(element, attributes, children);
  return element;
}

export function s<K extends keyof SVGElementTagNameMap>(
  tag: K, attributes: Attributes = {}, ...children: Child[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  fill(element, attributes, children);
  return element;
}

const context = document.createElement("canvas").getContext("2d");
const widths = new Map<string, number>();

/** Puts others in the place of what an element holds. If the focus is there, it goes to the one that has the same mark. */
export function refill(element: HTMLElement, mark: string, ...children: Child[]) {
  const focused = element.contains(document.activeElement) ? document.activeElement?.getAttribute(mark) : undefined;
  element.replaceChildren(...children.filter((child): child is Node | string => Boolean(child)));
  if (focused === undefined) return;
  const all = [...element.querySelectorAll<HTMLElement>(`[${mark}]`)];
  (all.find((one) => one.getAttribute(mark) === focused) ?? all[0])?.focus({ preventScroll: true });
}

/** How wide a label is in the diagram and the time line. */
export function textWidth(text: string): number {
  let width = widths.get(text);
  if (width === undefined) {
    if (context) context.font = `600 11px ${getComputedStyle(document.body).fontFamily}`;
    width = context?.measureText(text).width ?? text.length * 7;
    widths.set(text, width);
  }
  return width;
}
