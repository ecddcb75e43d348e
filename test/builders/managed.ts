/** Inventory entries and provider capabilities with plain defaults. */
import type { ProviderCapabilities, VerbEffect } from '../../src/contracts/capabilities.ts';
import type { DeployTarget, ManagedCertificate } from '../../src/core/certificate.ts';

export function aTarget(fields: Partial<DeployTarget> = {}): DeployTarget {
  return {
    directory: '/srv/tls/shop',
    keyMode: 0o640,
    mode: 0o644,
    reloadTimeoutMs: 60_000,
    probe: [],
    probeTimeoutMs: 30_000,
    keepSets: 3,
    ...fields,
  };
}

export function aManagedCertificate(fields: Partial<ManagedCertificate> = {}): ManagedCertificate {
  const deploy = fields.deploy ?? [aTarget()];
  return {
    name: 'shop',
    names: ['shop.example.com'],
    provider: 'cnr',
    product: 'ssl123dv',
    order: {},
    key: { type: 'ecdsa-p256', reuse: false, madeBy: 'us' },
    dcv: { method: 'dns', record: 'txt', propagationTimeoutMs: 3_600_000 },
    deploy,
    crt: `${deploy[0]?.directory ?? '/srv/tls/shop'}/fullchain.pem`,
    windows: { order: [], deploy: [] },
    allowDroppingNames: false,
    hold: false,
    trustAnchors: [],
    source: 'renewd.yaml:10:5',
    ...fields,
  };
}

const charged: VerbEffect = {
  invoice: 'charged',
  paidUntil: 'new',
  notAfter: 'new',
  key: 'new',
  earlierCertificates: 'kept',
  certificateId: 'new',
};

/** A reseller whose reissue is free and whose CA follows the general rules only. */
export function someCapabilities(fields: Partial<ProviderCapabilities> = {}): ProviderCapabilities {
  return {
    verbs: {
      create: charged,
      renew: charged,
      reissue: { ...charged, invoice: 'free', paidUntil: 'unchanged' },
    },
    dcvMethods: ['dns', 'file', 'email'],
    recordTypes: ['txt', 'cname'],
    findBy: 'public-key',
    reissueKeepsDcvMethod: false,
    reissueChangesNames: true,
    termDays: 365,
    pricePreview: true,
    ca: () => 'some-ca',
    maxNames: 100,
    ...fields,
  };
}
