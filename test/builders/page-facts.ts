/** Inventories for the page: every state a certificate can be in, in a fixed order, as many as wanted. */
import type { StoredLedgerEntry } from '../../src/contracts/store.ts';
import type { CertificateDetail } from '../../src/status/detail.ts';
import type { CertificateStatus, SpendingStatus } from '../../src/status/source.ts';
import { aCertificateStatus, aHealth, aRenewalStatus, type StatusFacts } from './statuses.ts';
import { after, aLedgerEntry } from './store-records.ts';

const dayMs = 86_400_000;
const days = (count: number): Date => after(count * dayMs);

function dated(beginDays: number, endDays: number): Partial<CertificateStatus> {
  const lifetime = endDays - beginDays;
  const lead = Math.min(lifetime / 3, 30);
  return {
    notBefore: days(beginDays),
    notAfter: days(endDays),
    slackMs: endDays * dayMs,
    dueAt: days(endDays - lead),
    emergencyAt: days(endDays - lifetime / 20),
  };
}

function day(count: number): string {
  return days(count).toISOString().slice(0, 10);
}

function valid(end: number): Partial<CertificateStatus> {
  const sentence = `valid until ${day(end)} (${Math.floor(end)}d), due ${day(end - 30)} 04:10 UTC`;
  return {
    ...dated(end - 199, end),
    paidUntil: days(end + 150),
    decision: { action: 'none', reason: 'healthy', sentence },
  };
}

/** What can be wrong or under way, once each. */
const oddities: readonly Partial<CertificateStatus>[] = [
  {
    name: 'checkout',
    names: ['checkout.example.com', 'pay.example.com'],
    ...dated(-195.5, 3.5),
    paidUntil: days(150),
    decision: {
      action: 'blocked',
      reason: 'blocked',
      sentence:
        'reissue begun 2026-11-20 04:10 UTC is blocked: several orders at cnr fit reference rnwd-nqf5pdhwx16mmi4; say which one it is',
    },
    renewal: aRenewalStatus({
      certificate: 'checkout',
      state: 'blocked',
      nextAt: null,
      attempts: 10,
      createdAt: days(-2.3),
      updatedAt: days(-2),
      failure: {
        code: 'order-ambiguous',
        message: 'several orders at cnr fit reference rnwd-nqf5pdhwx16mmi4; say which one it is',
        at: days(-2),
      },
    }),
  },
  {
    name: 'legacy-intranet',
    names: ['intra.example.com'],
    provider: 'hx',
    ...dated(-202, -1.2),
    servedMatches: true,
    decision: {
      action: 'wait',
      reason: 'backing-off',
      sentence: 'failed 3 times, next attempt 2026-11-22 15:00 UTC',
    },
  },
  {
    name: 'mail',
    names: ['mail.example.com', 'imap.example.com', 'smtp.example.com'],
    provider: 'inx',
    product: 'SSL123',
    ...dated(-176, 23),
    paidUntil: days(23),
    decision: {
      action: 'resume',
      reason: 'in-progress',
      sentence: 'renew begun 2026-11-22 09:12 UTC is awaiting-issuance',
    },
    renewal: aRenewalStatus({
      certificate: 'mail',
      provider: 'inx',
      action: 'renew',
      state: 'awaiting-issuance',
      createdAt: after(-10_000_000),
      waitsFor: {
        text: 'the CA wants a call: DigiCert asks for the organization contact',
        since: after(-9_000_000),
      },
    }),
  },
  {
    name: 'api',
    names: ['api.example.com', '*.api.example.com'],
    ...dated(-174, 25),
    paidUntil: days(190),
    decision: {
      action: 'wait',
      reason: 'waiting',
      sentence: 'reissue begun 2026-11-22 10:00 UTC is awaiting-dcv; next look 2026-11-22 12:04 UTC',
    },
    renewal: aRenewalStatus({
      certificate: 'api',
      state: 'awaiting-dcv',
      createdAt: after(-7_200_000),
      attempts: 3,
      nextAt: after(240_000),
      failure: {
        code: 'dcv-not-visible',
        message: 'ns2.example.net does not show the value at _dnsauth.api.example.com',
        at: after(-300_000),
      },
    }),
  },
  {
    name: 'shop',
    names: ['shop.example.com', 'www.shop.example.com'],
    ...valid(112),
    servedMatches: false,
  },
  {
    name: 'new-site',
    names: ['new.example.com'],
    notBefore: null,
    notAfter: null,
    slackMs: null,
    dueAt: null,
    emergencyAt: null,
    servedMatches: null,
    decision: {
      action: 'create',
      reason: 'crt-missing',
      sentence: 'there is no file /etc/nginx/tls/new-site/fullchain.pem',
    },
    renewal: aRenewalStatus({
      certificate: 'new-site',
      action: 'create',
      state: 'ordering',
      createdAt: after(-20_000),
    }),
  },
  {
    name: 'status',
    names: ['status.example.com'],
    ...dated(-170, 29),
    paidUntil: days(29),
    decision: {
      action: 'wait',
      reason: 'renew-not-open',
      sentence: 'due, but cnr accepts a renewal only from 2026-11-30 on; it is looked at again then',
    },
  },
  {
    name: 'short-lived',
    names: ['edge.example.com'],
    ...dated(-2, 4),
    decision: {
      action: 'none',
      reason: 'healthy',
      sentence: 'valid until 2026-11-26 (4d), due 2026-11-24 06:00 UTC',
    },
  },
];

/** The first ones are odd, one in sixteen of the rest too; everything else is valid. */
export function statuses(count: number): readonly CertificateStatus[] {
  return Array.from({ length: count }, (_, index) => {
    const odd = oddities[index % 160] ?? {};
    if (index < oddities.length) return aCertificateStatus(odd);
    const name = `site-${String(index).padStart(5, '0')}`;
    const names = [`${name}.example.com`, `www.${name}.example.com`];
    const isOdd = index % 160 < oddities.length;
    const provider = ['cnr', 'inx', 'hx'][index % 3] ?? 'cnr';
    const renewal = odd.renewal == null ? null : { ...odd.renewal, certificate: name };
    return aCertificateStatus(
      isOdd
        ? { ...odd, name, names, provider, renewal }
        : { ...valid(31 + ((index * 37) % 168)), name, names, provider },
    );
  });
}

const spending: readonly SpendingStatus[] = [
  {
    provider: 'cnr',
    ordersToday: 4,
    ordersPerDay: 5,
    monthHundredths: 38_640,
    perMonthHundredths: 50_000,
    currencies: ['EUR'],
  },
  {
    provider: 'inx',
    ordersToday: 0,
    ordersPerDay: 10,
    monthHundredths: 4200,
    perMonthHundredths: null,
    currencies: ['EUR'],
  },
  {
    provider: 'hx',
    ordersToday: 1,
    ordersPerDay: null,
    monthHundredths: 0,
    perMonthHundredths: null,
    currencies: [],
  },
  {
    provider: null,
    ordersToday: 5,
    ordersPerDay: 5,
    monthHundredths: 42_840,
    perMonthHundredths: 100_000,
    currencies: ['EUR'],
  },
];

function entry(sequence: number, ageMs: number, fields: Partial<StoredLedgerEntry>): StoredLedgerEntry {
  return { ...aLedgerEntry({ certificate: 'checkout', at: after(-ageMs) }), sequence, ...fields };
}

const hour = 3_600_000;

/** Oldest first. */
const ledger: readonly StoredLedgerEntry[] = [
  entry(101, 56 * hour, {
    subject: 'begin',
    text: 'reissue: ends in 5d 21h; the order is paid until 2027-04-21, a reissue lasts until 2027-04-21',
  }),
  entry(102, 56 * hour - 1000, {
    subject: 'key',
    text: 'key checkout-20261120T041000Z-081cdb29a13daf00 made, written and read back',
  }),
  entry(103, 56 * hour - 2000, {
    kind: 'intent',
    subject: 'submit reissue',
    text: 'reissue at cnr is about to be sent, free of charge, reference rnwd-nqf5pdhwx16mmi4',
  }),
  entry(104, 56 * hour - 3000, { kind: 'transition', subject: 'ordering', text: 'the intent is committed' }),
  entry(105, 55 * hour, {
    kind: 'transition',
    subject: 'order-unconfirmed',
    text: 'the answer was lost: socket hang up',
  }),
  entry(106, 48 * hour, {
    kind: 'transition',
    subject: 'blocked',
    text: 'several orders at cnr fit reference rnwd-nqf5pdhwx16mmi4; say which one it is',
  }),
];

export function aCertificateDetail(fields: Partial<CertificateDetail> = {}): CertificateDetail {
  const status = fields.status ?? statuses(1)[0] ?? aCertificateStatus();
  const isBlocked = status.renewal?.state === 'blocked';
  const issuer = 'CN=Example TLS RSA CA 2026, O=Example Trust Services, C=DE';
  const leaf = {
    subject: `CN=${status.names[0] ?? ''}`,
    issuer,
    serialHex: '7d23add82ffc0ed4e3ca68b835175c85',
    keyType: 'ecdsa-p256',
    notBefore: status.notBefore ?? days(-100),
    notAfter: status.notAfter ?? days(99),
    fingerprint256: 'ab'.repeat(32),
    names: status.names,
  };
  const past = {
    id: 'r0',
    action: 'renew' as const,
    state: 'served' as const,
    sentence: 'ends in 29d 23h; a renewal lasts until 2026-11-26',
    createdAt: days(-196),
    updatedAt: days(-196),
    provider: status.provider,
    product: status.product,
    reference: 'rnwd-k2j4h5k2j4h5',
    orderId: '5712125829',
    price: { hundredths: 4200, currency: 'EUR' },
    receipt: 17,
  };
  return {
    status,
    source: 'inventory.d/shop.yaml:12:5',
    wantedKeyType: 'ecdsa-p256',
    dcvMethod: 'dns',
    crt: `/etc/nginx/tls/${status.name}/fullchain.pem`,
    fileTrouble: null,
    chain: [
      leaf,
      {
        ...leaf,
        subject: issuer,
        issuer: 'CN=Example Global Root G2, O=Example Trust Services, C=DE',
        keyType: 'rsa-3072',
        notBefore: days(-900),
        notAfter: days(2700),
        names: [],
      },
    ],
    order: {
      provider: status.provider,
      orderId: '5712125829',
      certificateId: 'DK12345678',
      readAt: days(-2),
    },
    criticalAt: status.notAfter === null ? null : new Date(status.notAfter.getTime() - 4 * dayMs),
    clocks: { provedAt: days(-196), proofDays: 200, identityDays: 398 },
    failures: { count: 0, lastAt: null },
    steps: isBlocked ? ledger : [],
    renewals: isBlocked
      ? [
          {
            ...past,
            id: 'r1',
            action: 'reissue',
            state: 'blocked',
            sentence: 'ends in 5d 21h; the order is paid until 2027-04-21, a reissue lasts until 2027-04-21',
            createdAt: after(-56 * hour),
            updatedAt: after(-48 * hour),
            reference: 'rnwd-nqf5pdhwx16mmi4',
            orderId: null,
            price: null,
            receipt: null,
          },
          past,
        ]
      : [past],
    endpoints: [
      {
        endpoint: `${status.names[0] ?? 'x'}:443`,
        address: '192.0.2.17',
        matches: true,
        detail: 'serves it',
        at: after(-1_200_000),
      },
      {
        endpoint: `${status.names[0] ?? 'x'}:443`,
        address: '2001:db8:4:17::443',
        matches: false,
        detail: 'serves another certificate (3f2a9c0d11e8b7aa…)',
        at: after(-1_200_000),
      },
    ],
    directories: [
      {
        directory: `/etc/nginx/tls/${status.name}`,
        set: '20260510T041233Z-754ab4980d60',
        matches: true,
        reload: 'systemctl',
      },
      { directory: `/etc/haproxy/tls/${status.name}`, set: null, matches: false, reload: null },
    ],
    receipt: {
      sequence: 17,
      hash: '0f'.repeat(32),
      at: days(-196).toISOString(),
      endpoints: [
        { endpoint: `${status.names[0] ?? 'x'}:443`, address: '192.0.2.17', at: days(-196).toISOString() },
      ],
    },
    history: { entries: ledger.toReversed(), more: true },
    ...fields,
  };
}

/** For `aStatusSource`; every certificate can be looked at. */
export function pageFacts(count: number): StatusFacts {
  const certificates = statuses(count);
  return {
    certificates,
    openRenewals: [],
    spending,
    health: aHealth({ startedAt: days(-12), lastPassAt: after(-95_000) }),
    details: certificates.slice(0, 20).map((status) => aCertificateDetail({ status })),
  };
}
