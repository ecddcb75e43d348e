/** The ledger of one certificate, newest first, a part at a time. */
import { formatMoney } from '../../core/money.ts';
import type { CertificateDetail } from '../detail.ts';
import { html, type Html } from './html.ts';
import { second } from './moments.ts';
import { detailAddress, type DetailQuery } from './query.ts';

export const historyPerPage = 50;

export function historySection({ status, history }: CertificateDetail, query: DetailQuery): Html {
  const { entries, more } = history;
  const last = entries.at(-1);
  const address = (before: number | null): string =>
    `${detailAddress(status.name, { ...query, before })}#history`;
  if (entries.length === 0)
    return html`<section aria-labelledby="history">
      <h2 id="history">History</h2>
      <p class="empty">${query.before === null ? 'Nothing has been done yet.' : 'There is nothing older.'}</p>
    </section>`;
  return html`<section aria-labelledby="history">
    <h2 id="history">History</h2>
    <table role="table" class="cards history">
      <caption>
        What was done, newest first
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">At (UTC)</th>
          <th role="columnheader" scope="col">Kind</th>
          <th role="columnheader" scope="col">What</th>
          <th role="columnheader" scope="col">Text</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${entries.map(
          ({ at, kind, subject, text, charged }) =>
            html`<tr role="row">
              <th role="rowheader" scope="row"><time datetime="${at.toISOString()}">${second(at)}</time></th>
              <td role="cell" data-label="Kind">${kind}</td>
              <td role="cell" data-label="What">${subject}</td>
              <td role="cell" data-label="Text">
                ${text} ${charged !== null && html`<b>${formatMoney(charged)}</b>`}
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
    <nav class="pager" aria-label="Parts of the history">
      ${query.before !== null && html`<a href="${address(null)}">Newest</a>`}
      ${more && last !== undefined && html`<a rel="next" href="${address(last.sequence)}">Older</a>`}
    </nav>
  </section>`;
}
