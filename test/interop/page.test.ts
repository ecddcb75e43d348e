/**
 * The status page in a real browser: Chromium without scripts, as readers have it; and judged by axe-core, for which alone
 * scripts and a look past the policy are allowed. Skipped where there is no Chromium, except with CI=true.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMetrics } from '../../src/status/metrics.ts';
import { startStatusServer, type StatusServer } from '../../src/status/server.ts';
import { pageFacts } from '../builders/page-facts.ts';
import { aStatusSource } from '../builders/statuses.ts';

const executablePath = '/usr/bin/chromium';
const isThere = spawnSync(executablePath, ['--version']).status === 0;
if (!isThere) process.stderr.write('skipped: there is no Chromium (apt-get install chromium)\n');

const quiet = () => undefined;
const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet, child: () => logger };

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const schemes = ['light', 'dark'] as const;
const widths = [320, 768, 1440] as const;
/** On a machine that does other things as well. */
const timeoutMs = 90_000;

function focusOf(found: unknown): readonly string[] {
  return Array.isArray(found) ? found.map(String) : [];
}

describe.skipIf(!isThere && process.env['CI'] !== 'true')('in Chromium', () => {
  const servers = new Map<number, StatusServer>();
  let browser: Browser;
  /** For axe-core, which has to be put into it past the policy. */
  let judged: Page;

  beforeAll(async () => {
    for (const count of [0, 5, 500, 10_000]) {
      const server = await startStatusServer(
        { host: '127.0.0.1', port: 0 },
        {
          source: aStatusSource(pageFacts(count)),
          metrics: createMetrics('0.1.0'),
          healthLimitMs: 600_000,
          logger,
        },
      );
      servers.set(count, server);
    }
    browser = await chromium.launch({
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
    judged = await (await browser.newContext({ bypassCSP: true })).newPage();
  });
  afterAll(async () => {
    await browser.close();
    for (const server of servers.values()) await server.close();
  });

  const address = (count: number, path: string): string =>
    `http://127.0.0.1:${servers.get(count)?.address.port ?? 0}${path}`;

  /** What the browser complained of, and what it asked for. */
  function watch(page: Page): { readonly said: string[]; readonly asked: Set<string> } {
    const said: string[] = [];
    const asked = new Set<string>();
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(error.message));
    page.on('requestfailed', (failed) => said.push(`${failed.url()} ${failed.failure()?.errorText ?? ''}`));
    page.on('request', (sent) => asked.add(new URL(sent.url()).origin));
    return { said, asked };
  }

  async function within<T>(
    options: Parameters<Browser['newContext']>[0],
    work: (context: BrowserContext) => Promise<T>,
  ): Promise<T> {
    const context = await browser.newContext(options);
    try {
      return await work(context);
    } finally {
      await context.close();
    }
  }

  /** How far the page sticks out of the window, and what does. */
  const overflow = (page: Page): Promise<unknown> =>
    page.evaluate(`(() => {
      const width = document.documentElement.clientWidth;
      const out = [...document.querySelectorAll('body *')].filter((element) => {
        const box = element.getBoundingClientRect();
        return box.width > 1 && box.right > width + 1 && element.closest('.skip, .definitions, svg') === null;
      });
      const wide = document.documentElement.scrollWidth - width;
      return { wide, out: out.slice(0, 5).map((element) => element.outerHTML.slice(0, 120)) };
    })()`);

  test.each([5, 500, 10_000])(
    '%i certificates: fit at every width in both colour schemes, without scripts, a complaint or a foreign request',
    async (count) => {
      await within({ javaScriptEnabled: false }, async (context) => {
        const page = await context.newPage();
        const { said, asked } = watch(page);
        // What differs from 5 to 10 000 is the list.
        const paths =
          count === 5
            ? ['/', '/certificates/checkout', '/certificates/mail']
            : ['/', '/?state=problem&q=example'];
        for (const path of paths) {
          await page.goto(address(count, path));
          for (const colorScheme of schemes) {
            await page.emulateMedia({ colorScheme });
            for (const width of widths) {
              await page.setViewportSize({ width, height: 900 });
              expect(await overflow(page), `${path} ${width} ${colorScheme}`).toEqual({ wide: 0, out: [] });
            }
          }
        }
        expect(said).toEqual([]);
        expect([...asked]).toEqual([new URL(address(count, '/')).origin]);
      });
    },
    timeoutMs,
  );

  test('search, states, pages and one certificate are reached by forms and links alone', async () => {
    await within({ javaScriptEnabled: false }, async (context) => {
      const page = await context.newPage();
      const { said } = watch(page);
      await page.goto(address(10_000, '/'));
      expect(await page.getByRole('row').count()).toBeGreaterThan(100);
      await page.getByRole('link', { name: 'Next' }).click();
      expect(page.url()).toBe(address(10_000, '/?page=2'));
      await page.getByRole('searchbox', { name: 'Search' }).fill('site-00017');
      await page.getByRole('combobox', { name: 'Order' }).selectOption('by name');
      await page.keyboard.press('Enter');
      await page.waitForURL(/site-00017/);
      expect(new URL(page.url()).search).toContain('q=site-00017&order=name');
      expect(await page.locator('.list').getByRole('rowheader').allInnerTexts()).toEqual([
        expect.stringContaining('site-00017'),
      ]);
      await page.goto(address(10_000, '/'));
      await page.getByRole('link', { name: /^blocked/ }).click();
      expect(page.url()).toBe(address(10_000, '/?state=blocked'));
      await page.getByRole('link', { name: 'checkout', exact: true }).click();
      expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain('checkout');
      await page.getByRole('link', { name: 'Stop updating' }).click();
      await page.getByRole('link', { name: 'Certificates' }).click();
      expect(page.url()).toBe(address(10_000, '/?refresh=off'));
      expect(said).toEqual([]);
    });
  });

  test('the keyboard: to the content first, then in reading order, always seen', async () => {
    await within({ viewport: { width: 1440, height: 900 } }, async (context) => {
      const page = await context.newPage();
      await page.goto(address(5, '/'));
      const stops: string[] = [];
      for (let count = 0; count < 14; count += 1) {
        await page.keyboard.press('Tab');
        const stop = focusOf(
          await page.evaluate(`(() => {
            const element = document.activeElement;
            const text = element.tagName === 'SELECT' ? '' : element.textContent.trim().replaceAll(/\\s+/g, ' ');
            const { outlineStyle } = getComputedStyle(element);
            return [text === '' ? element.id : text, outlineStyle, String(element.getBoundingClientRect().x >= 0)];
          })()`),
        );
        expect(stop, stop[0]).toEqual([stop[0], 'solid', 'true']);
        stops.push(stop[0] ?? '');
      }
      expect(stops.slice(0, 3)).toEqual(['Skip to the content', 'renewd', 'All 5']);
      const search = stops.indexOf('q');
      expect(stops.slice(search, search + 4)).toEqual(['q', 'order', 'Show', 'legacy-intranet']);
      await page.goto(address(5, '/'));
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      expect(await page.evaluate('document.activeElement.id')).toBe('main');
    });
  });

  test('forced colours: every bar is still told from its ground', async () => {
    await within({ forcedColors: 'active', viewport: { width: 1440, height: 900 } }, async (context) => {
      const page = await context.newPage();
      await page.goto(address(5, '/'));
      const fills: unknown = await page.evaluate(`(() => {
        const ground = getComputedStyle(document.body).backgroundColor;
        return ['over', 'left', 'due', 'late', 'paid', 'nowmark'].map((kind) =>
          getComputedStyle(document.querySelector('rect.' + kind)).fill !== ground);
      })()`);
      expect(fills).toEqual([true, true, true, true, true, true]);
    });
  });

  test.each([
    ['the list', 5, '/', 1440],
    ['the list on a phone', 5, '/', 320],
    ['a part of the list', 500, '/?state=blocked&q=site', 1440],
    ['nothing found', 5, '/?q=nothing', 1440],
    ['an empty inventory', 0, '/', 1440],
    ['one certificate', 5, '/certificates/checkout', 1440],
    ['one certificate on a phone', 5, '/certificates/checkout', 320],
    ['none of that name', 5, '/certificates/nobody', 1440],
  ])(
    'axe-core finds nothing: %s',
    async (_title, count, path, width) => {
      await judged.setViewportSize({ width, height: 900 });
      for (const colorScheme of schemes) {
        await judged.emulateMedia({ colorScheme });
        await judged.goto(address(count, path));
        await judged.evaluate(axe);
        const found: unknown =
          await judged.evaluate(`axe.run(document, { resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } }).then(
            ({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3)
              .map(({ html, failureSummary }) => html.slice(0, 200) + ' ' + failureSummary).join(' | ')))`);
        expect(found, colorScheme).toEqual([]);
      }
    },
    timeoutMs,
  );

  test('axe-core would find something', async () => {
    await judged.goto('about:blank');
    await judged.setContent(
      '<html lang="en"><title>x</title><main><h1>x</h1><img src="data:,"></main></html>',
    );
    await judged.evaluate(axe);
    const found: unknown = await judged.evaluate(
      'axe.run().then(({ violations }) => violations.map(({ id }) => id))',
    );
    expect(found).toEqual(['image-alt']);
  });
});
