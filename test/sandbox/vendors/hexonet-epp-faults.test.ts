/** HEXONET over EPP: ordered faults. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../../src/sandbox/contract.ts';
import { bare, HELLO, inCommand, KEYVALUE, LOGOUT } from './hexonet-epp-client.ts';
import type { TinyEppClient } from './hexonet-epp-client.ts';
import { eppClients, STATUS_USER } from './hexonet-epp-kit.ts';
import { startHexonet } from './hexonet-kit.ts';
import type { HexonetWorld } from './hexonet-kit.ts';

let world: HexonetWorld;
const server = eppClients(() => world);
afterEach(async () => {
  server.closeAll();
  await world.close();
});

describe('faults', () => {
  const fault = (given: Omit<Fault, 'vendor'>): void =>
    world.sandbox.faults.add({ vendor: 'hexonet', ...given });
  const zone = (name: string): string => bare(['COMMAND=CreateDNSZone', `DNSZONE=${name}.`]);
  const zones = async (): Promise<string | undefined> =>
    (await world.ok({ command: 'QueryDNSZoneList' })).properties['count']?.[0];
  let client: TinyEppClient;
  beforeEach(async () => {
    world = await startHexonet();
    client = await server.loggedIn();
    world.sandbox.history.clear();
  });

  it('are remembered with the frames they hit, secrets left out', async () => {
    fault({ kind: 'code', code: '421', command: 'CreateDNSZone' });
    const other = await server.loggedIn();
    expect(await other.ask(zone('a.example'))).toMatchObject({
      code: 2400,
      reason: '421 Command failed due to server error. Client should try again',
    });
    expect(world.sandbox.history.entries('hexonet')).toEqual([
      {
        at: new Date('2026-10-01T08:00:00Z'),
        vendor: 'hexonet',
        via: 'epp',
        command: 'login',
        parameters: { clID: 'customer', extensions: [KEYVALUE] },
        applied: true,
        resultCode: '1000',
      },
      {
        at: new Date('2026-10-01T08:00:00Z'),
        vendor: 'hexonet',
        via: 'epp',
        command: 'CreateDNSZone',
        parameters: { DNSZONE: 'a.example.' },
        applied: false,
        resultCode: '2400',
        fault: 'code',
      },
    ]);
    expect(await zones()).toBe('1');
    expect((await other.ask(zone('a.example'))).code).toBe(1000);
  });

  it.each([
    ['drop-before', '1'],
    ['lose-answer', '2'],
    ['html', '1'],
    ['truncate', '2'],
  ] as const)('%s ends the connection without an answer', async (kind, count) => {
    fault({ kind });
    client.send(zone('a.example'));
    expect(await client.frame()).toBeUndefined();
    expect(await zones()).toBe(count);
    const [entry] = world.sandbox.history.entries();
    expect(entry).toMatchObject({ command: 'CreateDNSZone', applied: count === '2', fault: kind });
  });

  it('html is a page without any frame', async () => {
    fault({ kind: 'html', status: 503 });
    client.send(STATUS_USER);
    expect(await client.frame()).toBeUndefined();
    expect(client.rest().toString()).toMatch(/^<!DOCTYPE html>[^]*503/);
    expect(world.sandbox.history.entries()[0]).not.toHaveProperty('resultCode');
  });

  it('truncate sends the first half of what it announces', async () => {
    fault({ kind: 'truncate' });
    client.send(STATUS_USER);
    expect(await client.frame()).toBeUndefined();
    const rest = client.rest();
    expect(rest.length).toBe(Math.floor(rest.readUInt32BE(0) / 2));
  });

  it('delay and trickle take their time', async () => {
    fault({ kind: 'delay', delayMs: 30 });
    fault({ kind: 'trickle', delayMs: 0 });
    const before = Date.now();
    expect((await client.ask(HELLO.replace('<hello/>', '<command><poll op="req"/></command>'))).code).toBe(
      2101,
    );
    expect(Date.now() - before).toBeGreaterThanOrEqual(29);
    expect((await client.ask(LOGOUT)).code).toBe(1500);
    await client.ended();
  });

  it('oversize announces what comes, and sends it', async () => {
    fault({ kind: 'oversize', bytes: 300_000 });
    client.send(STATUS_USER);
    const rubbish = await client.frame();
    expect(rubbish?.length).toBe(300_000);
    expect(rubbish).toMatch(/^rubbish /);
    expect((await client.ask(STATUS_USER)).code).toBe(1000);
  });

  it('code-after has done it all the same', async () => {
    fault({ kind: 'code-after', code: '421' });
    expect((await client.ask(zone('a.example'))).code).toBe(2400);
    expect(await zones()).toBe('2');
  });

  it.each(['420', '520'])('code %s ends the connection', async (code) => {
    fault({ kind: 'code', code });
    expect(await client.ask(zone('a.example'))).toMatchObject({ code: 2500 });
    await client.ended();
    expect(await zones()).toBe('1');
  });

  it('session-loss says so, and the next connection works', async () => {
    fault({ kind: 'session-loss', command: 'CreateDNSZone' });
    expect(
      await client.ask(inCommand(['COMMAND=CreateDNSZone', 'DNSZONE=a.example.'], 'ABC-1')),
    ).toMatchObject({
      code: 2500,
      clientId: 'ABC-1',
    });
    await client.ended();
    expect(await zones()).toBe('1');
    expect((await (await server.loggedIn()).ask(zone('a.example'))).code).toBe(1000);
  });

  it('do not outlive the sandbox', async () => {
    fault({ kind: 'delay', delayMs: 600_000 });
    client.send(STATUS_USER);
    await world.sandbox.history.waitFor(({ fault: kind }) => kind === 'delay', AbortSignal.timeout(60_000));
    await world.close();
    expect(await client.frame()).toBeUndefined();
    world = await startHexonet();
  });
});
