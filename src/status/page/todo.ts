/** What a person can do about what is wrong, with the commands to run: the same advice as in notices. */
import { adviceFor } from '../../notices/advice.ts';
import { conditionOf, type Trouble } from '../../notices/conditions.ts';
import type { CertificateStatus } from '../source.ts';
import { html, type Content } from './html.ts';

/** `renewd resolve` says what became of an order; only these wait for that word (docs/operations.md). */
const resolutions: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  'order-ambiguous': [
    ['--certificate-id ID', 'the order exists: go on with it'],
    ['--order ID', 'the order exists: go on with it'],
    ['--none', 'the order does not exist: place it again'],
    ['--cancel', 'give this renewal up'],
  ],
  'dcv-unsafe': [
    ['--certificate-id ID', 'look at the order again'],
    ['--cancel', 'give this renewal up'],
  ],
  'certificate-unacceptable': [
    ['--certificate-id ID', 'look at the order again'],
    ['--cancel', 'give this renewal up'],
  ],
};

/** Text in backticks as code. */
function withCode(text: string): readonly Content[] {
  return text.split('`').map((part, index) => (index % 2 === 0 ? part : html`<code>${part}</code>`));
}

function commandsFor({ cause }: Trouble, name: string): Content {
  const { command } = adviceFor(cause, name);
  const rows = Object.hasOwn(resolutions, cause) ? (resolutions[cause] ?? []) : [];
  return html`<ul class="commands">
    <li><code>${command}</code></li>
    ${rows.map(([options, text]) => html`<li><code>renewd resolve ${name} ${options}</code> ${text}</li>`)}
  </ul>`;
}

export function todoSection(status: CertificateStatus, now: Date): Content {
  const { troubles } = conditionOf(status, now);
  const pressing = troubles.filter(({ level, needsPerson }) => level !== null || needsPerson);
  if (pressing.length === 0) return '';
  return html`<section class="todo" aria-labelledby="todo">
    <h2 id="todo">What to do</h2>
    ${pressing.map(
      (trouble) =>
        html`<h3>
            ${trouble.cause}${trouble.level !== null && html` <span class="level">${trouble.level}</span>`}
          </h3>
          <p>${withCode(adviceFor(trouble.cause, status.name).todo)}</p>
          ${commandsFor(trouble, status.name)}`,
    )}
  </section>`;
}
