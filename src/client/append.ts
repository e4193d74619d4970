/** Makes an element with these properties, as the last child of another. */
export function append<K extends keyof HTMLElementTagNameMap>(
  parent: Node,
  tag: K,
  properties: object = {},
): HTMLElementTagNameMap[K] {
  return parent.appendChild(Object.assign(document.createElement(tag), properties));
}
