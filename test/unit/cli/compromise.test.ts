/** `renewd compromise`: what is said to the store, to whom it is refused, and what is told. */
import { describe, expect, test } from 'vitest';
import { compromise } from '../../../src/cli/compromise.ts';
import type { Store } from '../../../src/contracts/store.ts';
import type { RevocationDue } from '../../../src/core/revocation.ts';
import { handClock } from '../../builders/clocks.ts';
import { aManagedCertificate } from '../../builders/managed.ts';
import { newCa, newLeaf } from '../../builders/pki.ts';
import { after, aRenewal, noon } from '../../builders/store-records.ts';
import { anIssued, aRecord, ok } from '../plan/facts.ts';
import { aConfiguration, anEntry, aStage, type Surroundings } from './context.ts';

const key = 'cc'.repeat(32);
const deployed = { look: ok(), spkiSha256: key, serialHex: '4a01' };

async function said(given: Surroundings = {}) {
  const stage = await aStage({
    names: ['shop'],
    entries: [anEntry({}, { observation: deployed, record: aRecord() })],
    ...given,
    options: { yes: true, wait: '0s', ...given.options },
  });
  return { ...stage, run: () => compromise(stage.context) };
}

describe('compromise', () => {
  test('records key, certificate, who and when, in one step', async () => {
    const { run, store, output } = await said();
    expect(await run()).toBe(0);
    expect(await store.compromisedKeys()).toEqual([
      { spkiSha256: key, certificate: 'shop', at: noon, by: 'ada' },
    ]);
    expect(await store.revocationsDue()).toMatchObject([
      {
        fingerprint256: 'aa'.repeat(32),
        serialHex: '4a01',
        certificateId: 'c-1',
        orderId: 'o-1',
        provider: 'cnr',
        state: 'due',
        by: 'ada',
      },
    ]);
    expect(await store.ledger({ limit: 9 })).toMatchObject([
      { subject: 'compromise', detail: { by: 'ada', keys: [key], serials: ['4a01'] } },
    ]);
    expect(output.lines).toHaveLength(1);
  });

  test('without --yes nothing is said', async () => {
    const { run, store } = await said({ options: { yes: false } });
    await expect(run()).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('--yes') });
    expect(await store.compromisedKeys()).toEqual([]);
  });

  test('a held certificate has to be let go first', async () => {
    const managed = aManagedCertificate({ hold: true });
    const { run } = await said({ loaded: { configuration: aConfiguration([managed]), diagnostics: [] } });
    await expect(run()).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('hold') });
  });

  test('without any known key it says so', async () => {
    const { run, store } = await said({
      entries: [anEntry({}, { observation: undefined, issued: undefined })],
    });
    await expect(run()).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('no key of shop is known'),
    });
    expect(await store.ledger({ limit: 9 })).toEqual([]);
  });

  test('every certificate with the key, under whatever name, and the keys of all deploy directories', async () => {
    const leaf = await newLeaf(await newCa('ca'));
    const second = { look: ok({ fingerprint256: 'bb' }), spkiSha256: 'k2', serialHex: '4a02' };
    const mail = aManagedCertificate({ name: 'mail', provider: 'inx' });
    const { run, store } = await said({
      entries: [
        anEntry({}, { observation: deployed, otherTargets: [second], record: aRecord({ provider: 'else' }) }),
        anEntry(
          {},
          {
            managed: mail,
            observation: { ...deployed, look: ok({ fingerprint256: 'dd' }), serialHex: '4a03' },
          },
        ),
        anEntry(
          {},
          { managed: aManagedCertificate({ name: 'blog' }), observation: { ...second, spkiSha256: 'k3' } },
        ),
      ],
    });
    await store.createRenewal(
      aRenewal({ id: 'old', state: 'served', spkiSha256: 'k2', leafPem: leaf.pem, certificateId: 'c-9' }),
      {},
    );
    await run();
    expect((await store.compromisedKeys()).map(({ spkiSha256 }) => spkiSha256)).toEqual([key, 'k2']);
    const due = await store.revocationsDue();
    expect(
      due
        .map(({ certificate, provider, certificateId }) => `${certificate} ${provider} ${certificateId}`)
        .toSorted(),
    ).toEqual(['mail inx null', 'shop cnr c-9', 'shop cnr null']);
  });

  test('with nothing on disk, the key of the newest issued certificate', async () => {
    const observation = { look: { state: 'missing', reason: 'gone' } } as const;
    const { run, store } = await said({
      entries: [anEntry({}, { observation, issued: anIssued({ spkiSha256: 'k7' }) })],
    });
    await run();
    expect((await store.compromisedKeys()).map(({ spkiSha256 }) => spkiSha256)).toEqual(['k7']);
  });

  /** A daemon that has the successor served at once and ends the revocation as told. */
  async function withDaemon(state: RevocationDue['state'], options: Surroundings['options'] = {}) {
    const world: { store?: Store } = {};
    const clock = handClock(noon, async () => {
      const { store } = world;
      if (store === undefined || (await store.renewal('r1')) !== undefined) return;
      await store.createRenewal(aRenewal({ state: 'served', createdAt: after(1), updatedAt: after(1) }), {});
      for (const due of await store.revocationsDue())
        await store.updateRevocationDue({ ...due, state, detail: 'call the CA' }, []);
    });
    const stage = await said({ clock, options: { wait: '2m', ...options } });
    world.store = stage.store;
    return { ...stage, clock };
  }

  test('waits for the revocation, not only for the successor', async () => {
    const { run, output } = await withDaemon('done');
    expect(await run()).toBe(10);
    expect(output.lines.at(-1)).toContain('shop is served');
    const pending = await withDaemon('due');
    await pending.run();
    expect(pending.clock.now()).toEqual(after(120_000));
  });

  test('what a person has to do is the last thing told, and the exit code', async () => {
    const { run, output } = await withDaemon('person');
    expect(await run()).toBe(11);
    expect(output.lines.at(-1)).toBe('call the CA');
    const json = await withDaemon('person', { json: true });
    expect(await json.run()).toBe(11);
    expect(json.output.documents).toHaveLength(1);
  });

  test('--revoked: a person’s word settles what waited for a person, and nothing else', async () => {
    const { run, store, output } = await said({ options: { yes: false, revoked: true } });
    const due: RevocationDue = {
      fingerprint256: 'a1',
      spkiSha256: key,
      certificate: 'shop',
      provider: 'cnr',
      orderId: null,
      certificateId: null,
      serialHex: '4a',
      notAfter: after(1),
      state: 'person',
      at: noon,
      by: 'ada',
      attempts: 0,
      detail: 'call',
      nextAt: null,
    };
    await store.recordCompromise(
      [],
      [
        due,
        { ...due, fingerprint256: 'a2', state: 'due' },
        { ...due, fingerprint256: 'a3', certificate: 'mail' },
      ],
      [],
    );
    expect(await run()).toBe(0);
    expect((await store.revocationsDue()).map(({ state }) => state)).toEqual(['done', 'due', 'person']);
    expect(await store.ledger({ limit: 9 })).toMatchObject([
      { kind: 'note', subject: 'revoke', text: 'ada said that 4a is revoked' },
    ]);
    expect(output.lines).toEqual(['settled: 4a']);
  });
});
