const BLOCK =
  /^(address|article|aside|blockquote|body|dd|details|dialog|div|dl|dt|fieldset|figure|footer|form|h[1-6]|header|hr|html|li|main|nav|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul)$/;
const NOT_SHOWN = /^(head|link|meta|script|style|template|title)$/;

/**
 * Makes `getComputedStyle` look at the element alone. jsdom evaluates every rule of every style
 * sheet for each element, and queries by role ask about all elements: with the hundreds of rules of
 * MUI, one query on a page of fourteen jobs takes seconds. In these pages (and in MUI's own
 * transitions) attributes and inline styles decide whether something is shown, and those are still
 * read.
 */
export function lookAtElementsAlone(): void {
  window.getComputedStyle = (element: Element) => {
    const inline = (element as HTMLElement).style ?? document.body.style;
    const value = (property: string): string => {
      const own = inline.getPropertyValue(property);
      if (own) return own;
      if (property === 'display') return displayOf(element);
      if (property === 'visibility') return visibilityOf(element);
      if (property === 'opacity') return '1';
      return property === 'pointer-events' ? 'auto' : '';
    };
    return new Proxy(inline, {
      get(target, key) {
        if (key === 'getPropertyValue') return value;
        if (typeof key !== 'string') return Reflect.get(target, key);
        const found = Reflect.get(target, key);
        if (typeof found === 'function') return found.bind(target);
        return (
          found || value(key.replace(/[A-Z]/g, c => `-${c.toLowerCase()}`))
        );
      },
    });
  };
}

function displayOf(element: Element): string {
  const tag = element.tagName.toLowerCase();
  if (element.hasAttribute('hidden') || NOT_SHOWN.test(tag)) return 'none';
  return BLOCK.test(tag) ? 'block' : 'inline';
}

function visibilityOf(element: Element): string {
  for (let at: Element | null = element; at; at = at.parentElement) {
    const own = (at as HTMLElement).style?.visibility;
    if (own) return own;
  }
  return 'visible';
}
