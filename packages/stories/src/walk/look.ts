/** What is wrong with what is on the screen, as the browser itself sees it. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** The count of unread notifications may take a title away; so long after, it is back. */
const TITLE_MS = 3_000;

/** Everything that is wrong with the page as it is, a sentence each. */
export async function look(page: Page): Promise<string[]> {
  return [
    ...(await titleFaults(page)),
    ...(await page.evaluate(layoutFaults)),
    ...(await accessibilityFaults(page)),
  ];
}

async function titleFaults(page: Page): Promise<string[]> {
  const hasOwn = () =>
    !location.pathname.startsWith('/operations') ||
    !/^(Home \| )?[^|·]*$/.test(document.title);
  try {
    await page.waitForFunction(hasOwn, undefined, { timeout: TITLE_MS });
    return [];
  } catch {
    return [`is titled "${await page.title()}", as any other page`];
  }
}

async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { violations } = await (window as any).axe.run(document, {
      rules: {
        // of no weight that is reported, and slow
        region: { enabled: false },
      },
    });
    // what Backstage and Material UI make by themselves, by rule
    const made: Record<string, string> = {
      // the tabs of Backstage name panels that its pages do not have
      'aria-valid-attr-value': '[role=tab]',
      // the sidebar calls an entry by its text alone, and a choice is called by its field
      'label-content-name-mismatch':
        'nav a, [role=button][aria-haspopup=listbox]',
    };
    const isOurs = (rule: string) => (node: any) => {
      const element = document.querySelector(node.target.flat().pop());
      return !made[rule] || !element?.closest(made[rule]);
    };
    return violations
      .map((one: any) => ({ ...one, nodes: one.nodes.filter(isOurs(one.id)) }))
      .filter((one: any) => one.nodes.length > 0)
      .filter((one: any) => ['serious', 'critical'].includes(one.impact))
      .map(
        (one: any) =>
          `axe ${one.id}: ${one.help}, at ${one.nodes
            .slice(0, 3)
            .map((node: any) => node.target.join(' '))
            .join(' and ')}`,
      );
  });
}

/** Runs within the page, and so uses nothing from outside. */
function layoutFaults(): string[] {
  const faults = new Set<string>();
  const wide = document.documentElement.clientWidth;
  const root = document.scrollingElement!;
  if (root.scrollWidth > wide + 1) {
    // the innermost of what reaches furthest is the cause
    let furthest = document.body;
    let edge = wide;
    for (const element of document.querySelectorAll<HTMLElement>('body *')) {
      const { right } = element.getBoundingClientRect();
      if (right < edge || right > root.scrollWidth + 1) continue;
      edge = right;
      furthest = element;
    }
    const { tagName, className } = furthest;
    faults.add(
      `scrolls sideways: ${root.scrollWidth} px of ${wide}, by ${tagName} ${className}`,
    );
  }
  if (!document.title.trim()) faults.add('has no title');

  const seen = (element: Element) => {
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    return (
      // what is for screen readers alone is one pixel large
      box.width > 1 &&
      box.height > 1 &&
      style.visibility === 'visible' &&
      style.opacity !== '0' &&
      // what one copies lies over what is drawn, without a colour
      style.webkitTextFillColor !== 'rgba(0, 0, 0, 0)' &&
      style.clip === 'auto'
    );
  };
  const name = (element: Element) =>
    `<${element.tagName.toLowerCase()}> "${element
      .textContent!.trim()
      .slice(0, 60)}"`;
  const textsOf = (element: Element) =>
    [...element.childNodes].filter(
      node => node.nodeType === Node.TEXT_NODE && node.textContent!.trim(),
    );
  /** Of its own text: what is within may be for screen readers alone. */
  const textBox = (element: Element) => {
    const boxes = textsOf(element).map(node => {
      const range = document.createRange();
      range.selectNodeContents(node);
      return range.getBoundingClientRect();
    });
    const left = Math.min(...boxes.map(box => box.left));
    const top = Math.min(...boxes.map(box => box.top));
    const right = Math.max(...boxes.map(box => box.right));
    const bottom = Math.max(...boxes.map(box => box.bottom));
    return new DOMRect(left, top, right - left, bottom - top);
  };

  /** Whether a box around it ends before the text does, without an ellipsis that says so. */
  const isClipped = (element: Element, text: DOMRect) => {
    if (element.closest('pre, [role=tablist]')) return false;
    for (let box: Element | null = element; box; box = box.parentElement) {
      const { overflowX, textOverflow } = getComputedStyle(box);
      if (overflowX === 'visible') continue;
      const { width, right } = box.getBoundingClientRect();
      return (
        /hidden|clip/.test(overflowX) &&
        textOverflow !== 'ellipsis' &&
        width > 1 &&
        box !== document.body &&
        text.right > right + 1
      );
    }
    return false;
  };

  // what is modal must not lie below anything else
  const dialog = [...document.querySelectorAll('[role=dialog]')].pop();
  const room = dialog?.getBoundingClientRect();
  for (const control of dialog?.querySelectorAll('button, a, input') ?? []) {
    const { left, top, width, height } = control.getBoundingClientRect();
    const [x, y] = [left + width / 2, top + height / 2];
    // further down in a list that scrolls
    if (y < room!.top || y > room!.bottom) continue;
    const there = document.elementFromPoint(x, y);
    if (there && !dialog!.contains(there) && !there.contains(dialog!)) {
      faults.add(`covers ${name(control)} with ${name(there)}`);
    }
  }

  for (const element of document.querySelectorAll('body *')) {
    if (!(element instanceof HTMLElement) || !seen(element)) continue;
    const style = getComputedStyle(element);
    const scrolls = /auto|scroll/.test(style.overflowX);
    if (
      scrolls &&
      element.scrollWidth > element.clientWidth + 1 &&
      element.clientWidth > wide / 2 &&
      !element.closest('pre, [role=region], [class*=Tabs]')
    ) {
      faults.add(
        `${element.className.slice(0, 60)} scrolls sideways: ${
          element.scrollWidth
        } px of ${element.clientWidth}`,
      );
    }
    if (textsOf(element).length === 0) continue;
    const isCut =
      /hidden|clip/.test(style.overflowX) &&
      style.textOverflow !== 'ellipsis' &&
      element.scrollWidth > element.clientWidth + 1;
    const isLow =
      /hidden|clip/.test(style.overflowY) &&
      style.webkitLineClamp === 'none' &&
      element.clientHeight > 0 &&
      element.scrollHeight > element.clientHeight + 3;
    const text = textBox(element);
    if (isCut || isLow || isClipped(element, text)) {
      faults.add(`cuts ${name(element)}`);
    }
    const outside = element.closest('button, [role=button], .MuiChip-root');
    if (outside && seen(outside)) {
      const box = outside.getBoundingClientRect();
      const over = Math.max(
        text.right - box.right,
        box.left - text.left,
        text.bottom - box.bottom,
        box.top - text.top,
      );
      const isShortened =
        style.textOverflow === 'ellipsis' ||
        getComputedStyle(outside).webkitLineClamp !== 'none';
      if (over > 2 && !isShortened) {
        faults.add(`prints over the edge of ${name(outside)}`);
      }
    }
    const isFree = !element.closest('pre, [role=region], [role=tablist]');
    if (isFree && text.width > 0 && text.left < wide && text.right > wide + 1) {
      let box: Element | null = element;
      while (box && !/auto|scroll|hidden/.test(getComputedStyle(box).overflowX))
        box = box.parentElement;
      const edge = box?.getBoundingClientRect().right ?? wide;
      if (edge > wide - 1) faults.add(`runs off the screen: ${name(element)}`);
    }
    if (
      element.matches('button, button *') &&
      style.textTransform === 'uppercase'
    ) {
      faults.add(`shouts ${name(element)}`);
    }
  }
  return [...faults];
}
