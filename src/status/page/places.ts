/** Where the certificate is: directories, endpoints, and the receipt that says what was seen there. */
import type { CertificateDetail, EndpointRow } from '../detail.ts';
import { html, type Content, type Html } from './html.ts';
import { badge } from './layout.ts';
import { minute, when } from './moments.ts';

function endpointState({ matches }: EndpointRow): Html {
  if (matches === null) return badge({ word: 'not known', style: 'warn' });
  return matches ? badge({ word: 'served', style: 'good' }) : badge({ word: 'something else', style: 'bad' });
}

function endpointsTable({ endpoints }: CertificateDetail, now: Date): Html {
  if (endpoints.length === 0)
    return html`<p>No endpoint is configured to look at: <code>probe</code> in the inventory names them.</p>`;
  return html`<table role="table" class="cards">
    <caption>
      Endpoints at the last look
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col">Endpoint</th>
        <th role="columnheader" scope="col">Shows</th>
        <th role="columnheader" scope="col">Detail</th>
        <th role="columnheader" scope="col">Looked at</th>
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${endpoints.map(
        (one) =>
          html`<tr role="row">
            <th role="rowheader" scope="row">
              ${one.endpoint} ${one.address !== null && html`<span class="sub">${one.address}</span>`}
            </th>
            <td role="cell" data-label="Shows">${endpointState(one)}</td>
            <td role="cell" data-label="Detail">${one.detail}</td>
            <td role="cell" data-label="Looked at">${when(one.at, now)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function directoriesTable({ directories }: CertificateDetail): Html {
  if (directories.length === 0) return html`<p>No directory is configured to deploy to.</p>`;
  return html`<table role="table" class="cards">
    <caption>
      Deploy directories
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col">Directory</th>
        <th role="columnheader" scope="col">Holds</th>
        <th role="columnheader" scope="col">Set</th>
        <th role="columnheader" scope="col">Reloaded by</th>
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${directories.map(
        ({ directory, matches, set, reload }) =>
          html`<tr role="row">
            <th role="rowheader" scope="row"><code>${directory}</code></th>
            <td role="cell" data-label="Holds">
              ${matches ? badge({ word: 'this certificate', style: 'good' }) : badge({ word: 'something else', style: 'bad' })}
            </td>
            <td role="cell" data-label="Set">${set === null ? '–' : html`<code>${set}</code>`}</td>
            <td role="cell" data-label="Reloaded by">
              ${reload === null ? '–' : html`<code>${reload}</code>`}
            </td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function receiptText({ receipt, status }: CertificateDetail): Content {
  if (receipt === null) return '';
  const { sequence, hash, at, endpoints } = receipt;
  return html`<h3>Newest receipt</h3>
    <p>
      No. ${sequence}, ${minute(new Date(at))}, <code>${hash}</code>
      ${
        endpoints.length > 0 &&
        html`<span class="sub"
          >seen at ${endpoints.map((one) => `${one.endpoint} (${one.address})`).join(', ')}</span
        >`
      }
    </p>
    <p class="sub">
      To hold it against history, files and key: <code>renewd history ${status.name} --verify</code>
    </p>`;
}

export function placesSections(detail: CertificateDetail, now: Date): Html {
  return html`<section aria-labelledby="served">
      <h2 id="served">Endpoints</h2>
      ${endpointsTable(detail, now)}
    </section>
    <section aria-labelledby="deployed">
      <h2 id="deployed">Deploy directories</h2>
      ${directoriesTable(detail)} ${receiptText(detail)}
    </section>`;
}
