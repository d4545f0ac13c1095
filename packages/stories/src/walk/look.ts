/** What is wrong with what is on the screen, as the browser itself sees it. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** Everything that is wrong with the page as it is, a sentence each. */
export async function look(page: Page): Promise<string[]> {
  return [
    ...(await page.evaluate(layoutFaults)),
    ...(await accessibilityFaults(page)),
  ];
}

async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { violations } = await (window as any).axe.run(document, {
      // each page of the portal is within Backstage's own landmarks
      rules: {
        region: { enabled: false },
        // the tabs of Backstage name panels that its pages do not have
        'aria-valid-attr-value': { enabled: false },
        // is said of names that say more than what is seen: "Run daily-mrr-rollup"
        'label-content-name-mismatch': { enabled: false },
      },
    });
    return violations
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
    faults.add(`scrolls sideways: ${root.scrollWidth} px of ${wide}`);
  }
  if (!document.title.trim()) faults.add('has no title');
  if (
    location.pathname.startsWith('/operations') &&
    /^(Home \| )?[^|·]*$/.test(document.title)
  ) {
    faults.add(`is titled "${document.title}", as any other page`);
  }

  const seen = (element: Element) => {
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    return (
      // what is for screen readers alone is one pixel large
      box.width > 1 &&
      box.height > 1 &&
      style.visibility === 'visible' &&
      style.opacity !== '0' &&
      style.clip === 'auto'
    );
  };
  const name = (element: Element) =>
    `<${element.tagName.toLowerCase()}> "${element
      .textContent!.trim()
      .slice(0, 60)}"`;
  const hasText = (element: Element) =>
    [...element.childNodes].some(
      node => node.nodeType === Node.TEXT_NODE && node.textContent!.trim(),
    );
  const textBox = (element: Element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return range.getBoundingClientRect();
  };

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
    if (!hasText(element)) continue;
    const isCut =
      /hidden|clip/.test(style.overflowX) &&
      style.textOverflow !== 'ellipsis' &&
      element.scrollWidth > element.clientWidth + 1;
    const isLow =
      /hidden|clip/.test(style.overflowY) &&
      style.webkitLineClamp === 'none' &&
      element.clientHeight > 0 &&
      element.scrollHeight > element.clientHeight + 3;
    if (isCut || isLow) faults.add(`cuts ${name(element)}`);
    const text = textBox(element);
    const outside = element.closest('button, [role=button], .MuiChip-root');
    if (outside && seen(outside)) {
      const box = outside.getBoundingClientRect();
      const over = Math.max(
        text.right - box.right,
        box.left - text.left,
        text.bottom - box.bottom,
        box.top - text.top,
      );
      if (over > 2 && style.textOverflow !== 'ellipsis') {
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
