/**
 * An element with its properties, its `style` through the object model (which the page's policy allows), and children.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, unknown>} properties `aria-…` and `data-…` become attributes; those that are undefined are left out
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function element(tag, { style = {}, ...properties } = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined) continue;
    if (/^(aria|data)-|^role$/.test(name)) node.setAttribute(name, String(value));
    else Object.assign(node, { [name]: value });
  }
  Object.assign(node.style, style);
  node.append(...children);
  return node;
}

/**
 * An element of index.html.
 * @param {string} id
 */
export const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * Gives a card other content; who worked by keys in it goes on in it.
 * @param {HTMLElement} card
 * @param {Node[]} children
 */
export function replaceIn(card, children) {
  const hasFocus = card.contains(document.activeElement);
  card.replaceChildren(...children);
  const button = /** @type {HTMLElement | null} */ (card.querySelector("button:enabled"));
  if (hasFocus) (button ?? card).focus();
}

/** @param {number} share 0 … 1 */
export const percent = (share) => `${Math.round(100 * share)} %`;
