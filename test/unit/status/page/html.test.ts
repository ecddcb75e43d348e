import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeText, html, type Content } from '../../../../src/status/page/html.ts';

test.each([
  ['plain', 'plain'],
  ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
  ['" onmouseover="x', '&quot; onmouseover=&quot;x'],
  ["' onfocus='x", '&#39; onfocus=&#39;x'],
  ['&lt;', '&amp;lt;'],
  ['</title><img src=x>', '&lt;/title&gt;&lt;img src=x&gt;'],
  ['line\nend\ttab', 'line\nend\ttab'],
  ['nul \0 bell \u0007 escape \u001B[31m c1 \u0085', 'nul \uFFFD bell \uFFFD escape \uFFFD[31m c1 \uFFFD'],
  ['a\u202Egpj.exe\u2066b\u200Fc\u061Cd\uFEFFe', 'a\uFFFDgpj.exe\uFFFDb\uFFFDc\uFFFDd\uFFFDe'],
  ['half \uD83D of a pair', 'half \uFFFD of a pair'],
  ['ümläut 日本 😀', 'ümläut 日本 😀'],
])('%j is written as %j', (text, written) => {
  expect(escapeText(text)).toBe(written);
  expect(html`<p title="${text}">${text}</p>`.toString()).toBe(`<p title="${written}">${written}</p>`);
});

test('whatever it is, it stays text', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 200 }), (units) => {
      const text = String.fromCharCode(...units, 0x3c, 0x26);
      const written = html`${text}`.toString();
      expect(written).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/);
      expect(written.isWellFormed()).toBe(true);
    }),
  );
});

test('templates in templates, lists, numbers and nothing', () => {
  const item = (text: string) => html`<li>${text}</li>`;
  const parts: readonly Content[] = [['<', '>'].map(item), [[1, null], undefined, false]];
  // prettier-ignore
  const list = html`<ul>${parts}</ul>`;
  expect(list.toString()).toBe('<ul><li>&lt;</li><li>&gt;</li>1</ul>');
});

test('indentation of the source is not repeated; that of values stays', () => {
  const text = 'a\n    b';
  const page = html`<div>
    <p>${text}</p>
  </div>`;
  expect(page.toString()).toBe('<div>\n<p>a\n    b</p>\n</div>');
});
