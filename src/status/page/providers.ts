/** What was spent and what is left, and how each provider behaves: below the list. */
import { formatMoney } from '../../core/money.ts';
import type { SpendingStatus } from '../source.ts';
import { html, type Content, type Html } from './html.ts';
import type { Row } from './rows.ts';

interface ProviderHealth {
  certificates: number;
  open: number;
  /** Newest failure of an open renewal, or null. */
  failure: { readonly code: string; readonly message: string; readonly at: Date } | null;
  failing: number;
  /** Certificates whose order could not be looked up. */
  lookups: number;
}

const nothing: Readonly<ProviderHealth> = { certificates: 0, open: 0, failure: null, failing: 0, lookups: 0 };

function providerHealth(rows: readonly Pick<Row, 'status'>[]): ReadonlyMap<string, ProviderHealth> {
  const found = new Map<string, ProviderHealth>();
  for (const { status } of rows) {
    const { provider, renewal, orderLookupFailures } = status;
    const one = found.get(provider) ?? { ...nothing };
    found.set(provider, one);
    one.certificates += 1;
    if (orderLookupFailures > 0) one.lookups += 1;
    if (renewal === null) continue;
    one.open += 1;
    const { failure } = renewal;
    if (failure === null) continue;
    one.failing += 1;
    if (one.failure === null || failure.at > one.failure.at) one.failure = failure;
  }
  return found;
}

function amount(hundredths: number, currencies: readonly string[]): string {
  const [currency, second] = currencies;
  if (second !== undefined) return `${(hundredths / 100).toFixed(2)} in several currencies`;
  return currency === undefined ? (hundredths / 100).toFixed(2) : formatMoney({ hundredths, currency });
}

/** Used of allowed, as text and as a bar. */
function share(used: number, limit: number | null, text: string, left: string): Html {
  if (limit === null) return html`${text} <span class="sub">no limit</span>`;
  const percent = limit === 0 ? 100 : Math.min(100, Math.round((used / limit) * 100));
  const kind = percent >= 100 ? 'late' : percent >= 80 ? 'due' : 'left';
  return html`${text}
    <svg class="share" aria-hidden="true" width="100%" height="4">
      <rect class="frame" width="100%" height="4" />
      <rect class="${kind}" width="${percent}%" height="4" />
    </svg>
    <span class="sub">${left}</span>`;
}

function spendingCells(row: SpendingStatus | undefined): Html {
  if (row === undefined)
    return html`<td role="cell">–</td>
      <td role="cell">–</td>`;
  const { ordersToday, ordersPerDay, monthHundredths, perMonthHundredths, currencies } = row;
  const ordersLeft =
    ordersPerDay === null ? '' : `${Math.max(0, ordersPerDay - ordersToday)} left of ${ordersPerDay}`;
  const sumLeft =
    perMonthHundredths === null
      ? ''
      : `${amount(Math.max(0, perMonthHundredths - monthHundredths), currencies)} left of ${amount(perMonthHundredths, currencies)}`;
  return html`<td role="cell" data-label="Paid orders, 24 h">
      ${share(ordersToday, ordersPerDay, String(ordersToday), ordersLeft)}
    </td>
    <td role="cell" data-label="Spent this month">
      ${share(monthHundredths, perMonthHundredths, amount(monthHundredths, currencies), sumLeft)}
    </td>`;
}

function troubleOf({ failing, failure, lookups }: ProviderHealth): Content {
  const parts: Content[] = [];
  if (failure !== null)
    parts.push(html`<b>${failing} held up</b> <span class="sub">${failure.code}: ${failure.message}</span>`);
  if (lookups > 0) parts.push(html`<b>${lookups} order(s) could not be looked up</b>`);
  return parts.length === 0 ? html`<span class="none">none</span>` : parts;
}

export function providersSection(certificates: readonly Row[], spending: readonly SpendingStatus[]): Content {
  const health = providerHealth(certificates);
  const spent = new Map(spending.map((row) => [row.provider, row]));
  const names = [...new Set([...spending.flatMap(({ provider }) => provider ?? []), ...health.keys()])];
  if (names.length === 0) return '';
  const rows = names.map((name) => {
    const one = health.get(name) ?? nothing;
    return html`<tr role="row">
      <th role="rowheader" scope="row">${name}</th>
      <td role="cell" data-label="Certificates">${one.certificates}</td>
      <td role="cell" data-label="Under way">${one.open}</td>
      ${spendingCells(spent.get(name))}
      <td role="cell" data-label="Trouble">${troubleOf(one)}</td>
    </tr>`;
  });
  const all = spent.get(null);
  return html`<section aria-labelledby="providers">
    <h2 id="providers">Providers and spending</h2>
    <table role="table" class="cards">
      <caption>
        Providers: certificates, renewals under way, what was spent and is allowed, trouble
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">Provider</th>
          <th role="columnheader" scope="col">Certificates</th>
          <th role="columnheader" scope="col">Under way</th>
          <th role="columnheader" scope="col">Paid orders, 24 h</th>
          <th role="columnheader" scope="col">Spent this month</th>
          <th role="columnheader" scope="col">Trouble</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${rows}
        ${
          all &&
          html`<tr role="row">
            <th role="rowheader" scope="row">all together</th>
            <td role="cell" data-label="Certificates">${certificates.length}</td>
            <td role="cell" data-label="Under way">–</td>
            ${spendingCells(all)}
            <td role="cell" data-label="Trouble">–</td>
          </tr>`
        }
      </tbody>
    </table>
  </section>`;
}
