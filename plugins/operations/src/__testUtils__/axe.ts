import axe from 'axe-core';

/**
 * What axe calls serious or critical on the page as it is. Contrast is left out, since jsdom draws
 * nothing: the stories check contrast in a real browser.
 */
export async function seriousViolations(): Promise<string[]> {
  const { violations } = await axe.run(document.body, {
    rules: { 'color-contrast': { enabled: false }, region: { enabled: false } },
  });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, help, nodes }) =>
        `${id}: ${help}\n  ${nodes
          .map(node => node.html.slice(0, 200))
          .join('\n  ')}`,
    );
}
