/** What a browser is shown when there is nothing to show. Says nothing of certificates: who asks may be anybody. */
import { html, type Html } from './html.ts';
import { iconPath, stylePath } from './assets.ts';

export interface Refusal {
  readonly title: string;
  readonly text: string;
}

export function errorPage({ title, text }: Refusal): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · renewd</title>
        <link rel="stylesheet" href="${stylePath}" />
        <link rel="icon" type="image/svg+xml" href="${iconPath}" />
      </head>
      <body>
        <header>
          <p class="brand"><a href="/">renewd</a></p>
        </header>
        <main>
          <h1>${title}</h1>
          <p class="lead">${text}</p>
          <p><a href="/">All certificates</a></p>
        </main>
      </body>
    </html>`;
}
