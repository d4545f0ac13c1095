import type { Browser } from 'playwright-core';
import { enterAsGuest, launchBrowser, openPage, screenshot } from './browser';
import { startStack } from './stack';
import type { Stack } from './stack';

describe('the portal', () => {
  let stack: Stack;
  let browser: Browser;

  beforeAll(async () => {
    stack = await startStack({ demo: false });
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
  });

  it('asks who is there, and brings a guest to the home page', async () => {
    const page = await openPage(browser);
    await page.goto(stack.url);
    await page.getByText('Craft Easy SSO').waitFor();
    await enterAsGuest(page, stack.url);
    await page.getByRole('heading', { name: 'Welcome' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
    await screenshot(page, 'home-light');
  });

  it('is dark where the person prefers it', async () => {
    const page = await openPage(browser, { theme: 'dark' });
    await enterAsGuest(page, stack.url);
    await page.getByRole('heading', { name: 'Welcome' }).waitFor();
    const background = await page.evaluate(
      () => getComputedStyle(document.body).backgroundColor,
    );
    expect(background).toBe('rgb(22, 29, 32)');
    await screenshot(page, 'home-dark');
  });
});
