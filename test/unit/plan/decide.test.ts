/** The decision by table: every reason. */
import { describe, expect, test } from 'vitest';
import { dayMs, hourMs, minuteMs, secondMs } from '../../../src/core/durations.ts';
import type { DecisionAction, DecisionFacts } from '../../../src/renewal/plan/facts.ts';
import { reasons, type ReasonCode } from '../../../src/renewal/plan/reasons.ts';
import { aManagedCertificate, aTarget, someCapabilities } from '../../builders/managed.ts';
import { aRenewal, after } from '../../builders/store-records.ts';
import { aRecord, anIssued, days, decided, ending, noon, ok } from './facts.ts';
import {
  aCompromise,
  aRevocation,
  broken,
  closed,
  failure,
  keepsEnd,
  longLead,
  missing,
  moreNames,
  never,
  noOrder,
  nothingNew,
  twins,
  unasked,
  windowDays,
  withWindow,
} from './situations.ts';

interface Row {
  readonly title: string;
  readonly given: Partial<DecisionFacts>;
  readonly now?: Date;
  readonly action: DecisionAction;
  readonly reason: ReasonCode;
  readonly sentence?: RegExp;
}

const rows: readonly Row[] = [
  // Standing still.
  {
    title: 'fresh',
    given: {},
    action: 'none',
    reason: 'healthy',
    sentence: /^valid until 2027-05-31 \(190d\)/,
  },
  {
    title: 'held',
    given: { managed: aManagedCertificate({ hold: true }), crt: ending(1) },
    action: 'none',
    reason: 'held',
  },
  {
    title: 'held beats a request',
    given: { managed: aManagedCertificate({ hold: true }), requested: {} },
    action: 'none',
    reason: 'held',
  },

  // A renewal is open.
  {
    title: 'open and due',
    given: { open: aRenewal({ state: 'awaiting-dcv', nextAt: noon }) },
    action: 'resume',
    reason: 'in-progress',
    sentence: /create begun .* is awaiting-dcv/,
  },
  {
    title: 'open, a second early',
    given: { open: aRenewal({ state: 'awaiting-dcv', nextAt: after(1000) }) },
    action: 'wait',
    reason: 'waiting',
  },
  {
    title: 'open and due since a second',
    given: { open: aRenewal({ state: 'awaiting-dcv', nextAt: after(-1000) }) },
    action: 'resume',
    reason: 'in-progress',
  },
  {
    title: 'blocked',
    given: { open: aRenewal({ state: 'blocked', nextAt: null, failure }) },
    action: 'blocked',
    reason: 'blocked',
    sentence: /no such contact/,
  },
  {
    title: 'blocked without a failure',
    given: { open: aRenewal({ state: 'blocked', nextAt: null }) },
    action: 'blocked',
    reason: 'blocked',
    sentence: /needs a decision/,
  },
  {
    title: 'an open renewal beats a request',
    given: { open: aRenewal({ state: 'ordering' }), requested: {} },
    action: 'resume',
    reason: 'in-progress',
  },

  // The file.
  {
    title: 'unreadable',
    given: { crt: { state: 'unreadable', reason: 'permission denied' } },
    action: 'blocked',
    reason: 'crt-unreadable',
    sentence: /permission denied/,
  },
  {
    title: 'missing, nothing ever ordered',
    given: { crt: missing, record: undefined, deployable: undefined },
    action: 'create',
    reason: 'crt-missing',
  },
  {
    title: 'missing, the order still runs',
    given: { crt: missing, deployable: undefined },
    action: 'reissue',
    reason: 'crt-missing',
  },
  {
    title: 'missing, the order ended this second',
    given: { crt: missing, deployable: undefined, record: aRecord({ paidUntil: noon }) },
    action: 'create',
    reason: 'crt-missing',
  },
  {
    title: 'missing, the order ends in a second',
    given: { crt: missing, deployable: undefined, record: aRecord({ paidUntil: after(1000) }) },
    action: 'reissue',
    reason: 'crt-missing',
  },
  {
    title: 'missing, order at another provider',
    given: { crt: missing, deployable: undefined, record: aRecord({ provider: 'other' }) },
    action: 'create',
    reason: 'crt-missing',
  },
  {
    title: 'missing, the issued one is at hand',
    given: { crt: missing },
    action: 'deploy',
    reason: 'crt-missing',
  },
  {
    title: 'missing, the issued one has ended',
    given: { crt: missing, deployable: anIssued({ notAfter: noon }) },
    action: 'reissue',
    reason: 'crt-missing',
  },
  {
    title: 'broken, the issued one is at hand',
    given: { crt: broken },
    action: 'deploy',
    reason: 'crt-broken',
  },
  {
    title: 'broken, nobody was asked yet',
    given: { crt: broken, deployable: undefined, record: unasked },
    action: 'wait',
    reason: 'order-unknown',
  },
  {
    title: 'broken, the order runs',
    given: { crt: broken, deployable: undefined },
    action: 'reissue',
    reason: 'crt-broken',
  },
  {
    title: 'broken, no order',
    given: { crt: broken, deployable: undefined, record: noOrder },
    action: 'create',
    reason: 'crt-broken',
  },
  {
    title: "somebody else's file",
    given: { crt: ok({ names: ['other.example.net'] }) },
    action: 'blocked',
    reason: 'crt-foreign',
    sentence: /other\.example\.net/,
  },
  {
    title: 'expired and foreign',
    given: { crt: ok({ names: ['a.test'], notAfter: days(-1) }) },
    action: 'blocked',
    reason: 'crt-foreign',
  },
  {
    title: 'another key beside it, set at hand',
    given: { crt: ok({}, false) },
    action: 'deploy',
    reason: 'key-mismatch',
  },
  {
    title: 'another key beside it, no set',
    given: { crt: ok({}, false), deployable: undefined },
    action: 'reissue',
    reason: 'key-mismatch',
  },
  {
    title: 'another key beside it, nobody was asked',
    given: { crt: ok({}, false), deployable: undefined, record: unasked },
    action: 'wait',
    reason: 'order-unknown',
  },
  {
    title: 'a key that may not be read',
    given: { crt: ok({}, undefined) },
    action: 'none',
    reason: 'healthy',
  },

  // Names.
  {
    title: 'a name added',
    given: { managed: aManagedCertificate({ names: ['shop.example.com', 'new.example.com'] }) },
    action: 'reissue',
    reason: 'names-added',
    sentence: /lacks new\.example\.com/,
  },
  {
    title: 'a name added, reissue keeps names',
    given: {
      managed: aManagedCertificate({ names: ['shop.example.com', 'new.example.com'] }),
      capabilities: someCapabilities({ reissueChangesNames: false }),
    },
    action: 'create',
    reason: 'names-added',
  },
  {
    title: 'a name added and revoked, reissue keeps names',
    given: {
      managed: moreNames,
      revocation: aRevocation(),
      capabilities: someCapabilities({ reissueChangesNames: false }),
    },
    action: 'create',
    reason: 'revoked',
    sentence: /revoked.*cannot add new\.example\.com, so that another order is needed/,
  },
  {
    title: 'a name added and revoked, reissue brings names',
    given: { managed: moreNames, revocation: aRevocation() },
    action: 'reissue',
    reason: 'revoked',
  },
  {
    title: 'another key beside it and a name added, reissue keeps names',
    given: {
      managed: moreNames,
      crt: ok({}, false),
      deployable: undefined,
      capabilities: someCapabilities({ reissueChangesNames: false }),
    },
    action: 'create',
    reason: 'key-mismatch',
  },
  {
    title: 'asked for with a name added, reissue keeps names',
    given: {
      managed: moreNames,
      requested: {},
      capabilities: someCapabilities({ reissueChangesNames: false }),
    },
    action: 'create',
    reason: 'requested',
  },
  {
    title: 'a reissue asked for with a name added, reissue keeps names',
    given: {
      managed: moreNames,
      requested: { verb: 'reissue' },
      capabilities: someCapabilities({ reissueChangesNames: false }),
    },
    action: 'blocked',
    reason: 'requested',
    sentence: /cannot add new\.example\.com: ask without a verb/,
  },
  {
    title: 'revoked, reissue keeps names, and there is none to add',
    given: {
      revocation: aRevocation(),
      capabilities: someCapabilities({ reissueChangesNames: false }),
    },
    action: 'reissue',
    reason: 'revoked',
  },
  {
    title: 'a name added, no order',
    given: {
      managed: aManagedCertificate({ names: ['shop.example.com', 'new.example.com'] }),
      record: noOrder,
    },
    action: 'create',
    reason: 'names-added',
  },
  {
    title: 'a name added, nobody was asked',
    given: {
      managed: aManagedCertificate({ names: ['shop.example.com', 'new.example.com'] }),
      record: unasked,
    },
    action: 'wait',
    reason: 'order-unknown',
  },
  {
    title: 'a name dropped',
    given: { crt: ok({ names: ['shop.example.com', 'old.example.com'] }) },
    action: 'blocked',
    reason: 'names-dropped',
    sentence: /old\.example\.com.*allowDroppingNames/,
  },
  {
    title: 'a name dropped on purpose',
    given: {
      crt: ok({ names: ['shop.example.com', 'old.example.com'] }),
      managed: aManagedCertificate({ allowDroppingNames: true }),
    },
    action: 'none',
    reason: 'healthy',
  },
  {
    title: 'dropped and added',
    given: {
      crt: ok({ names: ['shop.example.com', 'old.example.com'] }),
      managed: aManagedCertificate({ names: ['shop.example.com', 'new.example.com'] }),
    },
    action: 'blocked',
    reason: 'names-dropped',
  },
  {
    title: 'a name dropped, and a request',
    given: { crt: ok({ names: ['shop.example.com', 'old.example.com'] }), requested: {} },
    action: 'blocked',
    reason: 'names-dropped',
  },
  {
    title: 'the CA added www',
    given: { crt: ok({ names: ['shop.example.com', 'www.shop.example.com'] }) },
    action: 'none',
    reason: 'healthy',
  },
  {
    title: 'the CA added the bare name',
    given: {
      crt: ok({ names: ['www.shop.example.com', 'shop.example.com'] }),
      managed: aManagedCertificate({ names: ['www.shop.example.com'] }),
    },
    action: 'none',
    reason: 'healthy',
  },
  {
    title: 'www of another name is no free one',
    given: { crt: ok({ names: ['shop.example.com', 'www.old.example.com'] }) },
    action: 'blocked',
    reason: 'names-dropped',
  },
  {
    title: 'only the free www is there',
    given: { crt: ok({ names: ['www.shop.example.com'] }) },
    action: 'reissue',
    reason: 'names-added',
  },

  // The key.
  {
    title: 'another key type',
    given: { crt: ok({ keyType: 'rsa-2048' }) },
    action: 'reissue',
    reason: 'key-type-changed',
    sentence: /rsa-2048.*ecdsa-p256/,
  },
  {
    title: 'another key type, no order',
    given: { crt: ok({ keyType: 'rsa-2048' }), record: noOrder },
    action: 'create',
    reason: 'key-type-changed',
  },
  {
    title: 'another key type, nobody was asked',
    given: { crt: ok({ keyType: 'rsa-2048' }), record: unasked },
    action: 'wait',
    reason: 'order-unknown',
  },

  // The disk and the service.
  {
    title: 'an older one on disk',
    given: { deployable: anIssued({ fingerprint256: 'bb', notAfter: days(191) }) },
    action: 'deploy',
    reason: 'disk-drift',
  },
  {
    title: 'a newer one on disk',
    given: { deployable: anIssued({ fingerprint256: 'bb', notAfter: days(189) }) },
    action: 'none',
    reason: 'healthy',
  },
  {
    title: 'another directory differs',
    given: { driftedTargets: ['/srv/tls/mail/fullchain.pem'] },
    action: 'deploy',
    reason: 'disk-drift',
    sentence: /\/srv\/tls\/mail/,
  },
  {
    title: 'another directory differs, the file is not ours',
    given: { driftedTargets: ['/srv/tls/mail/fullchain.pem'], deployable: undefined },
    action: 'none',
    reason: 'healthy',
  },
  {
    title: 'not served',
    given: { record: aRecord({ servedMatches: false }) },
    action: 'deploy',
    reason: 'not-served',
  },
  {
    title: 'not looked yet',
    given: { record: aRecord({ servedMatches: null }) },
    action: 'none',
    reason: 'healthy',
  },
  {
    title: 'not served, but not our certificate',
    given: { record: aRecord({ servedMatches: false }), deployable: undefined },
    action: 'none',
    reason: 'healthy',
  },
  {
    title: 'deployed again a minute ago',
    given: {
      record: aRecord({ servedMatches: false }),
      deployable: anIssued({ action: 'deploy', updatedAt: after(-minuteMs) }),
    },
    action: 'wait',
    reason: 'backing-off',
  },
  {
    title: 'deployed again an hour ago',
    given: {
      record: aRecord({ servedMatches: false }),
      deployable: anIssued({ action: 'deploy', updatedAt: after(-hourMs) }),
    },
    action: 'deploy',
    reason: 'not-served',
  },

  // Due.
  {
    title: 'due, the order runs on',
    given: { crt: ending(20), deployable: undefined },
    action: 'reissue',
    reason: 'due-reissue',
    sentence: /a reissue lasts until/,
  },
  {
    title: 'due, the order ends with it',
    given: { crt: ending(20), deployable: undefined, record: aRecord({ paidUntil: days(20) }) },
    action: 'renew',
    reason: 'due-renew',
    sentence: /a renewal lasts until/,
  },
  {
    title: 'due, another product now',
    given: {
      crt: ending(20),
      deployable: undefined,
      record: aRecord({ paidUntil: days(20), product: 'old-product' }),
    },
    action: 'create',
    reason: 'due-renew',
  },
  {
    title: 'due, no order',
    given: { crt: ending(20), deployable: undefined, record: noOrder },
    action: 'create',
    reason: 'due-create',
  },
  {
    title: 'due, nobody was asked',
    given: { crt: ending(20), deployable: undefined, record: unasked },
    action: 'wait',
    reason: 'order-unknown',
  },
  {
    title: 'due, no record at all',
    given: { crt: ending(20), deployable: undefined, record: undefined },
    action: 'wait',
    reason: 'order-unknown',
  },
  {
    title: 'due, asked another provider',
    given: { crt: ending(20), deployable: undefined, record: aRecord({ provider: 'other' }) },
    action: 'wait',
    reason: 'order-unknown',
  },
  {
    title: 'due, renewal not open',
    given: {
      crt: ending(20),
      deployable: undefined,
      record: aRecord({ paidUntil: days(20) }),
      capabilities: windowDays(10),
    },
    action: 'wait',
    reason: 'renew-not-open',
    sentence: /accepts a renewal from 2026-12-02/,
  },
  {
    title: 'due by a long lead, nothing gained',
    given: { crt: ending(190), deployable: undefined, managed: aManagedCertificate({ leadMs: 200 * dayMs }) },
    action: 'wait',
    reason: 'no-gain',
  },
  {
    title: 'due by a long lead, nothing to reissue in',
    given: {
      crt: ending(190),
      deployable: undefined,
      record: noOrder,
      managed: aManagedCertificate({ leadMs: 200 * dayMs }),
    },
    action: 'wait',
    reason: 'no-gain',
  },
  {
    title: 'gone again and again: a third issuance within the lead',
    given: { crt: missing, deployable: twins(-3, -9), record: noOrder, managed: longLead },
    action: 'blocked',
    reason: 'loop-breaker',
    sentence:
      /issued 2026-11-13 12:00 UTC and 2026-11-19 12:00 UTC already, and nothing in the inventory changed/,
  },
  {
    title: 'two issuances, but the first is a lead ago',
    given: { crt: missing, deployable: twins(-3, -20), record: noOrder, managed: longLead },
    action: 'create',
    reason: 'crt-missing',
  },
  {
    title: 'a lead nearly as long as the lifetime would order again and again',
    given: {
      crt: ending(10, 40),
      deployable: anIssued({ begunAt: days(-10), twinBegunAt: days(-19), notAfter: days(10) }),
      managed: longLead,
    },
    action: 'blocked',
    reason: 'loop-breaker',
  },
  {
    title: 'the inventory changed meanwhile: no loop',
    given: {
      crt: ok({ names: ['shop.example.com'] }),
      deployable: twins(-3, -9),
      managed: aManagedCertificate({ names: ['shop.example.com', 'new.example.com'] }),
    },
    action: 'reissue',
    reason: 'names-added',
  },
  {
    title: 'an operator knows better than the loop breaker',
    given: { crt: missing, deployable: twins(-3, -9), record: noOrder, requested: {} },
    action: 'create',
    reason: 'requested',
  },
  {
    title: 'due, and the provider sells no new term',
    given: {
      crt: ending(20),
      deployable: undefined,
      record: aRecord({ paidUntil: days(21) }),
      capabilities: nothingNew,
    },
    action: 'blocked',
    reason: 'verb-closed',
    sentence: /a renewal lasts until .*; sells nothing, go elsewhere$/,
  },
  {
    title: 'due, nothing new is sold, but a reissue still gains',
    given: {
      crt: ending(20),
      deployable: undefined,
      record: aRecord({ paidUntil: days(150) }),
      capabilities: nothingNew,
    },
    action: 'reissue',
    reason: 'due-reissue',
  },
  {
    title: 'due, and a reissue keeps the end: it gains nothing, however long the order lasts',
    given: {
      crt: ending(20),
      deployable: undefined,
      record: aRecord({ paidUntil: days(150) }),
      capabilities: someCapabilities({ verbs: { ...nothingNew.verbs, reissue: keepsEnd } }),
    },
    action: 'blocked',
    reason: 'verb-closed',
  },
  {
    title: 'an emergency where nothing new is sold: any reissue is better than none',
    given: {
      crt: ending(1),
      deployable: undefined,
      record: aRecord({ paidUntil: days(3) }),
      capabilities: nothingNew,
    },
    action: 'reissue',
    reason: 'due-reissue',
  },
  {
    title: 'missing where nothing new is sold',
    given: { crt: missing, deployable: undefined, record: noOrder, capabilities: nothingNew },
    action: 'blocked',
    reason: 'verb-closed',
  },
  {
    title: 'an emergency in which the first provider gets nowhere: see fail-over.test.ts',
    given: {
      crt: ending(5),
      deployable: undefined,
      record: aRecord({ orderReadAt: null }),
      managed: aManagedCertificate({
        failover: { provider: 'second', product: 'DV', order: {}, record: 'txt' },
      }),
      secondCapabilities: someCapabilities(),
      lookupFailures: 5,
    },
    action: 'create',
    reason: 'failover',
    sentence: /is asked which order .*; emergency: second is asked instead/,
  },
  {
    title: 'ended',
    given: { crt: ending(-3), deployable: undefined, record: noOrder },
    action: 'create',
    reason: 'due-create',
    sentence: /^ended 2026-11-19/,
  },

  // Asked for.
  { title: 'asked for, not due', given: { requested: {} }, action: 'reissue', reason: 'requested' },
  {
    title: 'asked for, not due, the order ends with the certificate',
    given: { requested: {}, record: aRecord({ paidUntil: days(190) }) },
    action: 'reissue',
    reason: 'requested',
  },
  {
    title: 'asked for, due, the order ends with it',
    given: { requested: {}, crt: ending(20), record: aRecord({ paidUntil: days(20) }) },
    action: 'renew',
    reason: 'requested',
  },
  {
    title: 'asked for a reissue',
    given: { requested: { verb: 'reissue' }, crt: ending(20), record: aRecord({ paidUntil: days(20) }) },
    action: 'reissue',
    reason: 'requested',
  },
  {
    title: 'asked for a renewal',
    given: { requested: { verb: 'renew' } },
    action: 'renew',
    reason: 'requested',
  },
  {
    title: 'asked for, no order',
    given: { requested: {}, record: noOrder },
    action: 'create',
    reason: 'requested',
  },
  {
    title: 'asked for, nobody was asked',
    given: { requested: {}, record: unasked },
    action: 'wait',
    reason: 'order-unknown',
  },
  {
    title: 'asked for, no file',
    given: { requested: {}, crt: missing },
    action: 'reissue',
    reason: 'requested',
  },
  {
    title: 'asked for, outside windows and after failures',
    given: { requested: {}, managed: withWindow, record: aRecord({ failures: 6, lastFailureAt: noon }) },
    action: 'reissue',
    reason: 'requested',
  },

  // Put off.
  {
    title: 'due outside the window',
    given: { crt: ending(20), deployable: undefined, managed: withWindow },
    action: 'wait',
    reason: 'outside-window',
  },
  {
    title: 'due as the window opens',
    given: { crt: ending(20), deployable: undefined, managed: withWindow },
    now: after(hourMs),
    action: 'reissue',
    reason: 'due-reissue',
  },
  {
    title: 'due a second before the window closes',
    given: { crt: ending(20), deployable: undefined, managed: withWindow },
    now: after(2 * hourMs - secondMs),
    action: 'reissue',
    reason: 'due-reissue',
  },
  {
    title: 'due as the window closes',
    given: { crt: ending(20), deployable: undefined, managed: withWindow },
    now: after(2 * hourMs),
    action: 'wait',
    reason: 'outside-window',
  },
  {
    title: 'drift outside the deploy window',
    given: { managed: withWindow, driftedTargets: ['x'] },
    action: 'wait',
    reason: 'outside-window',
  },
  {
    title: 'drift with an order window only',
    given: {
      managed: aManagedCertificate({ windows: { order: [never], deploy: [] } }),
      driftedTargets: ['x'],
    },
    action: 'deploy',
    reason: 'disk-drift',
  },
  {
    title: 'no file at all, and the window never opens',
    given: { crt: missing, managed: aManagedCertificate({ windows: { order: [], deploy: [never] } }) },
    action: 'wait',
    reason: 'outside-window',
  },

  // Revoked, or its key lost.
  {
    title: 'revoked, inside the order',
    given: { revocation: aRevocation() },
    action: 'reissue',
    reason: 'revoked',
    sentence: /its CA has revoked it since 2026-11-22 11:00 UTC \(keyCompromise\): the list/,
  },
  {
    title: 'revoked, the order ended this second',
    given: { revocation: aRevocation(), record: aRecord({ paidUntil: noon }) },
    action: 'create',
    reason: 'revoked',
  },
  {
    title: 'revoked, the order ends in a second',
    given: { revocation: aRevocation(), record: aRecord({ paidUntil: after(1000) }) },
    action: 'reissue',
    reason: 'revoked',
  },
  {
    title: 'revoked, and a reissue is not sold here',
    given: {
      revocation: aRevocation(),
      capabilities: someCapabilities({ verbs: { ...someCapabilities().verbs, reissue: closed } }),
    },
    action: 'create',
    reason: 'revoked',
  },
  {
    title: 'revoked, and nothing new is sold here',
    given: { revocation: aRevocation(), record: noOrder, capabilities: nothingNew },
    action: 'blocked',
    reason: 'verb-closed',
  },
  {
    title: 'revoked, the provider was never asked about the order',
    given: { revocation: aRevocation(), record: unasked },
    action: 'wait',
    reason: 'order-unknown',
  },
  {
    title: 'good',
    given: { revocation: aRevocation({ status: 'good' }) },
    action: 'none',
    reason: 'healthy',
  },
  {
    title: 'nobody knows',
    given: { revocation: aRevocation({ status: 'unknown' }) },
    action: 'none',
    reason: 'healthy',
  },
  {
    title: 'another certificate was revoked',
    given: { revocation: aRevocation({ fingerprint256: 'dd'.repeat(32) }) },
    action: 'none',
    reason: 'healthy',
  },
  {
    title: 'revoked, and no file to replace',
    given: { revocation: aRevocation(), crt: missing, deployable: undefined },
    action: 'reissue',
    reason: 'crt-missing',
  },
  {
    title: 'revoked, and somebody else’s',
    given: { revocation: aRevocation(), crt: ok({ names: ['else.example.com'] }) },
    action: 'blocked',
    reason: 'crt-foreign',
  },
  {
    title: 'revoked, held',
    given: { revocation: aRevocation(), managed: aManagedCertificate({ hold: true }) },
    action: 'none',
    reason: 'held',
  },
  {
    title: 'revoked, outside every window',
    given: {
      revocation: aRevocation(),
      managed: aManagedCertificate({ windows: { order: [never], deploy: [never] } }),
    },
    action: 'reissue',
    reason: 'revoked',
    sentence: /maintenance window overridden/,
  },
  {
    title: 'revoked, ten minutes after a failure',
    given: {
      revocation: aRevocation(),
      record: aRecord({ failures: 6, lastFailureAt: after(-10 * minuteMs) }),
    },
    action: 'reissue',
    reason: 'revoked',
  },
  {
    title: 'revoked, a second less after a failure',
    given: {
      revocation: aRevocation(),
      record: aRecord({ failures: 6, lastFailureAt: after(-10 * minuteMs + 1000) }),
    },
    action: 'wait',
    reason: 'backing-off',
  },
  {
    title: 'revoked, another issued certificate is at hand',
    given: {
      revocation: aRevocation(),
      deployable: anIssued({ fingerprint256: 'bb', notAfter: after(1000) }),
    },
    action: 'deploy',
    reason: 'revoked',
  },
  {
    title: 'revoked, another issued certificate has ended',
    given: { revocation: aRevocation(), deployable: anIssued({ fingerprint256: 'bb', notAfter: noon }) },
    action: 'reissue',
    reason: 'revoked',
  },
  {
    title: 'revoked, and issued twice within a lead',
    given: {
      revocation: aRevocation(),
      deployable: anIssued({ begunAt: days(-2), twinBegunAt: days(-9) }),
    },
    action: 'blocked',
    reason: 'loop-breaker',
  },
  {
    title: 'revoked, and a name was dropped: it is of no use to anybody any more',
    given: { revocation: aRevocation(), crt: ok({ names: ['shop.example.com', 'old.example.com'] }) },
    action: 'reissue',
    reason: 'revoked',
  },
  {
    title: 'revoked beats a request',
    given: { revocation: aRevocation(), requested: {} },
    action: 'reissue',
    reason: 'revoked',
  },
  {
    title: 'revoked, but an operator chose the verb',
    given: { revocation: aRevocation(), requested: { verb: 'renew' } },
    action: 'renew',
    reason: 'requested',
  },
  {
    title: 'revoked, and on its way: a pause after a failure is short',
    given: {
      revocation: aRevocation(),
      open: aRenewal({
        reason: 'revoked',
        failure,
        updatedAt: after(-10 * minuteMs),
        nextAt: after(hourMs),
      }),
    },
    action: 'resume',
    reason: 'in-progress',
  },
  {
    title: 'compromised',
    given: { compromise: aCompromise },
    action: 'reissue',
    reason: 'compromised',
    sentence: /ada said 2026-11-22 12:00 UTC that its key is compromised/,
  },
  {
    title: 'compromised and revoked',
    given: { compromise: aCompromise, revocation: aRevocation() },
    action: 'reissue',
    reason: 'compromised',
  },
  {
    title: 'compromised, no order',
    given: { compromise: aCompromise, record: noOrder },
    action: 'create',
    reason: 'compromised',
  },
  {
    title: 'compromised, and issued twice within a lead: somebody said so',
    given: {
      compromise: aCompromise,
      deployable: anIssued({ begunAt: days(-2), twinBegunAt: days(-9) }),
    },
    action: 'reissue',
    reason: 'compromised',
  },
];

describe('the decision', () => {
  test.each(rows)('$title: $action, $reason', ({ given, now = noon, action, reason, sentence }) => {
    const decision = decided(given, now);
    expect({ action: decision.action, reason: decision.reason }).toEqual({ action, reason });
    expect(decision.sentence).toMatch(sentence ?? /\S/);
    expect(decision.sentence).not.toMatch(/undefined|NaN|null|\[object|Invalid/);
    expect(decision.until === null || decision.until > now).toBe(true);
  });

  test('every reason code is reached by the table', () => {
    // That one stands where nothing has been decided yet.
    const { unseen: _unseen, ...decided } = reasons;
    expect([...new Set(rows.map(({ reason }) => reason))].sort()).toEqual(Object.keys(decided).sort());
  });

  test('reasons are explained in a sentence each', () => {
    for (const text of Object.values(reasons)) expect(text).toMatch(/^[A-Z].+\.$/);
  });
});

test('moments are those of the certificate on disk; without one there are none', () => {
  expect(decided({ crt: missing }).moments).toBeNull();
  expect(decided().moments).toEqual({
    dueAt: days(160),
    emergencyAt: days(190 - 9.95),
    criticalAt: days(190 - 3.98),
  });
});

test('a directory is named by what drifted', () => {
  const managed = aManagedCertificate({ deploy: [aTarget(), aTarget({ directory: '/b' })] });
  expect(decided({ managed, driftedTargets: ['/b/fullchain.pem'] }).sentence).toBe(
    '/b/fullchain.pem does not hold the newest issued certificate',
  );
});
