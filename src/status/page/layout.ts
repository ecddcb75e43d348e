/** What all pages share: head, top, symbols, end. */
import { minuteMs } from '../../core/durations.ts';
import type { Health } from '../source.ts';
import { html, type Content, type Html } from './html.ts';
import { minute, relative } from './moments.ts';
import { iconPath, stylePath } from './assets.ts';

export interface PageParts {
  readonly title: string;
  readonly health: Health;
  /** The same page with or without being asked for again; absent: it stays as it is. */
  readonly refresh?: { readonly on: boolean; readonly other: string };
  /** SVG that the page's drawings refer to. */
  readonly definitions?: Content;
  readonly main: Content;
}

/** Seconds until a page asks for itself again. */
export const refreshSeconds = 60;

/** Shapes beside the words of states, so that not only the colour differs. */
const symbols = html`<symbol id="bad" viewBox="0 0 12 12">
    <path d="M6 0 12 11H0z" />
    <path class="cut" d="M5.3 4h1.4v3.6H5.3zM5.3 8.4h1.4v1.4H5.3z" />
  </symbol>
  <symbol id="warn" viewBox="0 0 12 12"><path d="M6 .5 11.5 6 6 11.5.5 6z" /></symbol>
  <symbol id="good" viewBox="0 0 12 12"><circle cx="6" cy="6" r="5" /></symbol>`;

function healthLine({ now, lastPassAt, startedAt, configValid, version }: Health): Html {
  const pass =
    lastPassAt === null
      ? html`<strong>no pass yet</strong>, started ${relative(startedAt, now)}`
      : now.getTime() - lastPassAt.getTime() > 15 * minuteMs
        ? html`<strong>last pass ${relative(lastPassAt, now)}</strong>`
        : html`last pass ${relative(lastPassAt, now)}`;
  return html`<p class="health">
    ${pass} · ${configValid ? 'configuration valid' : html`<strong>changed configuration refused</strong>`} ·
    up since ${minute(startedAt)} · renewd ${version}
  </p>`;
}

export function page({ title, health, refresh, definitions, main }: PageParts): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · renewd on ${health.instance}</title>
        <link rel="stylesheet" href="${stylePath}" />
        <link rel="icon" type="image/svg+xml" href="${iconPath}" />
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <svg class="definitions" aria-hidden="true" focusable="false">${symbols}${definitions}</svg>
        <header>
          <p class="brand">
            <a href="${refresh !== undefined && !refresh.on ? '/?refresh=off' : '/'}">renewd</a>
            <span>on ${health.instance}</span>
          </p>
          ${healthLine(health)}
        </header>
        <main id="main" tabindex="-1">${main}</main>
        <footer>
          <p>
            As of <time datetime="${health.now.toISOString()}">${minute(health.now)} UTC</time>.
            ${
              refresh &&
              html`${refresh.on ? `Updates every ${refreshSeconds} s.` : 'Does not update by itself.'}
                <a href="${refresh.other}">${refresh.on ? 'Stop updating' : 'Update by itself'}</a>.`
            }
            Reads only.
          </p>
          <p>
            <a href="/status.json">status.json</a> <a href="/metrics">metrics</a>
            <a href="/healthz">healthz</a> <a href="/readyz">readyz</a>
          </p>
        </footer>
      </body>
    </html>`;
}

/** The word of a state with its shape. */
export function badge({ word, style }: { readonly word: string; readonly style: string }): Html {
  return html`<span class="state ${style}"
    ><svg class="shape" aria-hidden="true"><use href="#${style}" /></svg>${word}</span
  >`;
}
