/** Who may speak: login, password and perhaps a one-time password, in the system the entity stands for. */
import { Refusal } from './answers.ts';
import type { Credentials } from './wire.ts';

/** "54cd" is the live system, "1234" the one for operational tests and evaluation. */
export type Entity = '54cd' | '1234';
const ENTITIES: readonly Entity[] = ['54cd', '1234'];

export interface Login {
  /** `account`, or `account!role` for a role user of it. */
  readonly login: string;
  readonly password: string;
  /** Good in one of the two systems only; absent: in both. */
  readonly entity?: Entity;
  /** Asked for besides the password whenever no session is used. */
  readonly oneTimePassword?: string;
  /** Sub-users whose view this login may take. */
  readonly subusers?: readonly string[];
}

export const accountName = (login: string): string => login.split('!')[0] ?? login;

export function entityFrom(text: string | undefined): Entity {
  const entity = ENTITIES.find((each) => each === text?.toLowerCase());
  if (entity === undefined) throw new Refusal(530);
  return entity;
}

/** The login the credentials are right for. EPP names no system and needs no one-time password. */
export function checkLogin(
  logins: readonly Login[],
  { login, password, oneTimePassword }: Credentials,
  entity: Entity | 'epp',
): Login {
  const found = logins.find(
    (each) =>
      each.login === login &&
      each.password === password &&
      (entity === 'epp' || each.entity === undefined || each.entity === entity),
  );
  if (found === undefined) throw new Refusal(530);
  if (entity !== 'epp' && found.oneTimePassword !== undefined && found.oneTimePassword !== oneTimePassword) {
    throw new Refusal(530, 'one-time password');
  }
  return found;
}

/** The account whose objects are seen. */
export function viewOf(login: Login, user: string | undefined): string {
  if (user === undefined || user === accountName(login.login)) return accountName(login.login);
  if (!(login.subusers ?? []).includes(user)) throw new Refusal(531, 'USER');
  return user;
}
