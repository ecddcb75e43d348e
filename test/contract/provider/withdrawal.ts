import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { OrderHandle, OrderReading } from '../../../src/contracts/order.ts';
import { RenewdError } from '../../../src/core/errors.ts';
import { dayMs } from '../../../src/core/durations.ts';
import type { Subject } from '../provider.ts';
import { never, type World } from './world.ts';

export function withdrawalTests(subject: Subject): void {
  const { vendor } = subject;

  test('where no certificate can be revoked, that is said without a request', async ({ skip }) => {
    if (vendor.lacks?.includes('revoke') !== true) skip('certificates can be revoked');
    const world = await subject.world();
    const { issued } = await world.buy();
    const before = world.requests();
    await world.failure(
      world.provider.revoke(issued.handle, serialOf(issued), 'superseded', never),
      'rejected',
    );
    expect(world.requests()).toBe(before);
    expect(revoked(world)).toEqual([]);
  });

  describe.skipIf(vendor.lacks?.includes('revoke'))('revoke', () => {
    test('a replaced certificate: that one and no other, and quiet the second time', async ({ skip }) => {
      if (vendor.lacks?.includes('revoke-replaced') === true) skip('what was replaced has no id any more');
      const world = await subject.world();
      const first = await world.buy();
      world.clock.advance(dayMs);
      const second = await world.buy({ action: 'reissue', previous: first.issued.handle });
      const old = serialOf(first.issued);
      await world.provider.revoke(first.issued.handle, old, 'superseded', never);
      expect(revoked(world)).toEqual([old]);
      await world.provider.revoke(first.issued.handle, old, 'superseded', never);
      expect(revoked(world)).toEqual([old]);
      const after = await world.provider.read(second.issued.handle, never);
      expect(after).toMatchObject({ status: 'issued', leafPem: second.issued.leafPem });
    });

    test('a serial number in any usual spelling', async () => {
      const world = await subject.world();
      const first = await world.buy();
      if (vendor.lacks?.includes('revoke-replaced') !== true) {
        await world.buy({ action: 'reissue', previous: first.issued.handle });
      }
      const old = serialOf(first.issued);
      await world.provider.revoke(first.issued.handle, `00${old.toLowerCase()}`, 'keyCompromise', never);
      expect(revoked(world)).toEqual([old]);
    });

    test('the certificate in use: revoked, or refused without a trace', async () => {
      const world = await subject.world();
      const { issued } = await world.buy();
      const kind = await world.provider
        .revoke(issued.handle, serialOf(issued), 'keyCompromise', never)
        .then(() => 'done', kindOf);
      const { status } = await world.provider.read(issued.handle, never);
      expect({ kind, status, revoked: revoked(world) }).toEqual(
        vendor.revokesCurrent
          ? { kind: 'done', status: 'revoked', revoked: [serialOf(issued)] }
          : { kind: 'rejected', status: 'issued', revoked: [] },
      );
    });

    test('what a reissue under the same id replaced: refused, the new certificate stays', async ({
      skip,
    }) => {
      if (vendor.lacks?.includes('revoke-replaced') !== true) skip('it can be named');
      const world = await subject.world();
      const first = await world.buy();
      const second = await world.buy({ action: 'reissue', previous: first.issued.handle });
      const call = world.provider.revoke(first.issued.handle, serialOf(first.issued), 'superseded', never);
      await world.failure(call, 'conflict');
      expect(revoked(world)).toEqual([]);
      expect((await world.provider.read(second.issued.handle, never)).leafPem).toBe(second.issued.leafPem);
    });

    test('a serial number of another certificate: refused', async () => {
      const world = await subject.world();
      const first = await world.buy();
      const other = await world.buy({ names: ['mail.example.test'] });
      const kind = await world.provider
        .revoke(first.issued.handle, serialOf(other.issued), 'superseded', never)
        .then(() => 'done', kindOf);
      expect(['conflict', 'rejected']).toContain(kind);
      expect(revoked(world)).toEqual([]);
    });
  });

  test('where orders cannot be cancelled, that is said without a request', async ({ skip }) => {
    if (vendor.lacks?.includes('cancel') !== true) skip('orders can be cancelled');
    const world = await subject.world();
    const { reading } = await world.place();
    const before = world.requests();
    await world.failure(world.provider.cancel(reading.handle, never), 'configuration');
    expect(world.requests()).toBe(before);
  });

  /** As the provider reads it; where the vendor shows a cancelled order no more, it must not be found. */
  async function stateOf(world: World, handle: OrderHandle): Promise<unknown> {
    const reading = world.provider.read(handle, never);
    if (vendor.lacks?.includes('cancelled-orders') !== true) return reading;
    await world.failure(reading, 'not-found');
    return cancelled;
  }
  const cancelled = { status: 'cancelled', challenges: [] };

  describe.skipIf(vendor.lacks?.includes('cancel'))('cancel', () => {
    test('an order that waits: cancelled at the vendor and at the CA, and quiet the second time', async () => {
      const world = await subject.world();
      const placed = await world.place();
      const { handle } = placed.reading;
      const issuedBefore = world.sandbox.ca.certificates().length;
      await world.provider.cancel(handle, never);
      expect(await stateOf(world, handle)).toMatchObject(cancelled);
      await world.provider.cancel(handle, never);
      world.prove(placed.reading.challenges);
      await world.sandbox.tick();
      expect(world.sandbox.ca.certificates()).toHaveLength(issuedBefore);
      expect(await stateOf(world, handle)).toMatchObject(cancelled);
    });

    test('an order whose cancellation was not answered', async () => {
      const world = await subject.world();
      const { reading } = await world.place();
      world.fault({ kind: 'lose-answer' });
      await world.provider.cancel(reading.handle, never);
      expect(await stateOf(world, reading.handle)).toMatchObject(cancelled);
    });

    test('an order that is done: refused, the certificate stays', async () => {
      const world = await subject.world();
      const placed = await world.place();
      await world.finish(placed);
      await world.failure(world.provider.cancel(placed.reading.handle, never), 'conflict');
      expect((await world.provider.read(placed.reading.handle, never)).status).toBe('issued');
      expect(revoked(world)).toEqual([]);
    });
  });
}

function kindOf(thrown: unknown): unknown {
  return thrown instanceof RenewdError ? thrown.kind : thrown;
}

function serialOf(reading: OrderReading): string {
  return new X509Certificate(reading.leafPem ?? '').serialNumber;
}

function revoked(world: World): string[] {
  return world.sandbox.ca.revocations().map(({ serialHex }) => serialHex);
}
