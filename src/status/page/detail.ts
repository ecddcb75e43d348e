/** One certificate: how it stands, what to do, and everything that is known of it. */
import type { CertificateDetail } from '../detail.ts';
import type { Health } from '../source.ts';
import { formatDuration } from '../../core/durations.ts';
import { stateWord } from '../state-word.ts';
import { axisFor } from './axis.ts';
import { clocksSection } from './clocks.ts';
import { html, type Content, type Html } from './html.ts';
import { historySection } from './history.ts';
import { badge, page } from './layout.ts';
import { nextOf } from './list.ts';
import { when } from './moments.ts';
import { placesSections } from './places.ts';
import { detailAddress, type DetailQuery } from './query.ts';
import { renewalSections } from './renewals.ts';
import { axisLabels, gridDefinition, legend, timeline } from './timeline.ts';
import { todoSection } from './todo.ts';

export function detailPage(detail: CertificateDetail, health: Health, query: DetailQuery): Html {
  const { status } = detail;
  const { now } = health;
  const axis = axisFor([{ status }], now);
  const { name } = status;
  return page({
    title: name,
    health,
    refresh: {
      on: query.refreshes,
      other: detailAddress(name, { ...query, refreshes: !query.refreshes }),
    },
    definitions: gridDefinition(axis, now),
    main: html`<nav aria-label="You are here" class="crumbs">
        <a href="${query.refreshes ? '/' : '/?refresh=off'}">Certificates</a>
        <span aria-hidden="true">/</span>
        <span aria-current="page">${name}</span>
      </nav>
      <h1>${name} ${badge(stateWord(status))}</h1>
      <p class="lead">${nextOf(status, now)}</p>
      ${todoSection(status, now)}
      <section aria-labelledby="dates">
        <h2 id="dates">Dates</h2>
        <div class="panel">${axisLabels(axis, now)}${timeline(status, axis, now)}${legend()}</div>
        ${clocksSection(detail, now)}
      </section>
      ${renewalSections(detail, now)} ${factsSection(detail, now)} ${placesSections(detail, now)}
      ${historySection(detail, query)}`,
  });
}

function fact(label: string, value: Content): Html {
  return html`<div>
    <dt>${label}</dt>
    <dd>${value}</dd>
  </div>`;
}

function orNone(text: string | null | undefined): Content {
  return text == null ? html`<span class="none">not known</span>` : text;
}

function factsSection(detail: CertificateDetail, now: Date): Html {
  const { status, chain, order, failures, fileTrouble } = detail;
  const leaf = chain[0];
  const { revocation } = status;
  return html`<section aria-labelledby="facts">
    <h2 id="facts">Certificate</h2>
    ${fileTrouble !== null && html`<p class="alert">${fileTrouble}</p>`}
    <dl class="facts">
      ${fact('Names wanted', status.names.join(', '))}
      ${leaf !== undefined && fact('Names in the certificate', leaf.names.join(', '))}
      ${fact('Issuer', orNone(leaf?.issuer))}
      ${fact('Serial number', leaf === undefined ? orNone(null) : html`<code>${leaf.serialHex}</code>`)}
      ${fact('SHA-256', leaf === undefined ? orNone(null) : html`<code>${leaf.fingerprint256}</code>`)}
      ${fact('Key', `${leaf?.keyType ?? 'none yet'}; wanted: ${detail.wantedKeyType}`)}
      ${fact('Valid from', when(leaf?.notBefore ?? null, now))}
      ${fact('Valid until', when(leaf?.notAfter ?? null, now))}
      ${
        revocation !== null &&
        fact(
          'Revocation',
          html`${revocation.status}${revocation.reason !== null && ` (${revocation.reason})`}
            <span class="sub">${revocation.detail}, ${when(revocation.checkedAt, now)}</span>`,
        )
      }
      ${fact('Provider', `${status.provider}, ${status.product}`)}
      ${fact('Order', html`${orNone(order.orderId)}${order.certificateId !== null && html` <span class="sub">certificate ${order.certificateId}</span>`}`)}
      ${fact('Proof of control', detail.dcvMethod)} ${fact('File', html`<code>${detail.crt}</code>`)}
      ${fact('Inventory', html`<code>${detail.source}</code>`)}
      ${
        failures.count > 0 &&
        fact('Failed in a row', html`${failures.count}, last ${when(failures.lastAt, now)}`)
      }
    </dl>
    ${chainTable(chain, now)}
  </section>`;
}

function chainTable(chain: CertificateDetail['chain'], now: Date): Content {
  if (chain.length === 0) return '';
  return html`<h3>Chain on disk</h3>
    <table role="table" class="cards">
      <caption>
        Certificates of the file, in its order
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">Subject</th>
          <th role="columnheader" scope="col">Issuer</th>
          <th role="columnheader" scope="col">Key</th>
          <th role="columnheader" scope="col">Ends</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${chain.map(
          (one) =>
            html`<tr role="row">
              <th role="rowheader" scope="row">
                ${one.subject === '' ? (one.names[0] ?? 'no subject') : one.subject}
              </th>
              <td role="cell" data-label="Issuer">${one.issuer}</td>
              <td role="cell" data-label="Key">${one.keyType}</td>
              <td role="cell" data-label="Ends">
                ${when(one.notAfter, now)}
                ${one.notAfter.getTime() <= now.getTime() && html`<b>ended ${formatDuration(now.getTime() - one.notAfter.getTime())} ago</b>`}
              </td>
            </tr>`,
        )}
      </tbody>
    </table>`;
}
