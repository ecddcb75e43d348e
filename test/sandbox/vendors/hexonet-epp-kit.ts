/** Connections of the tests' own EPP client to the vendor of a world. */
import { expect } from 'vitest';
import type { EppAddress } from '../../../src/sandbox/index.ts';
import { bare, login, TinyEppClient } from './hexonet-epp-client.ts';
import { LOGIN } from './hexonet-kit.ts';
import type { HexonetWorld } from './hexonet-kit.ts';

export const ENTER = login({ account: LOGIN.login, password: LOGIN.password });
export const STATUS_USER = bare(['COMMAND=StatusUser', 'RELATIONS=0']);

export interface EppClients {
  address(): EppAddress;
  /** Connected, nothing read. */
  open(): Promise<TinyEppClient>;
  /** Connected, the greeting read. */
  connected(): Promise<TinyEppClient>;
  loggedIn(): Promise<TinyEppClient>;
  closeAll(): void;
}

export function eppClients(world: () => HexonetWorld): EppClients {
  const all: TinyEppClient[] = [];
  const clients: EppClients = {
    address() {
      const found = world().sandbox.vendors.get('hexonet')?.epp;
      if (found === undefined) throw new Error('the sandbox runs no EPP server');
      return found;
    },
    async open() {
      const client = await TinyEppClient.open(clients.address());
      all.push(client);
      return client;
    },
    async connected() {
      const client = await clients.open();
      expect(await client.frame()).toContain('<greeting>');
      return client;
    },
    async loggedIn() {
      const client = await clients.connected();
      expect((await client.ask(ENTER)).code).toBe(1000);
      return client;
    },
    closeAll() {
      for (const client of all.splice(0)) client.close();
    },
  };
  return clients;
}
