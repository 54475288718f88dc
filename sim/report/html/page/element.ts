type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** An element with attributes and children; a text is a child too, and never read as HTML. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) {
      made.setAttribute(key, value === true ? '' : `${value}`);
    }
  }
  made.append(...children);
  return made;
}

/** A button that does something. `title` says what, and which key does the same. */
export function button(
  label: string,
  { title, kind = '' }: { readonly title: string; readonly kind?: string },
  act: () => void,
): HTMLButtonElement {
  const made = element(
    'button',
    { type: 'button', title, 'aria-label': title, class: kind },
    label,
  );
  made.addEventListener('click', act);
  return made;
}
