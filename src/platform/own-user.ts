/** As whom this process runs. */
import { userInfo } from 'node:os';

export interface OwnUser {
  readonly uid: number;
  /** The number again where the user database has no name for it, as in containers that are given any user. */
  readonly name: string;
}

export function ownUser(ask: () => { uid: number; username: string } = userInfo): OwnUser {
  try {
    const { uid, username } = ask();
    return { uid, name: username };
  } catch {
    // ENOENT: there is no such entry.
    const uid = process.getuid?.() ?? -1;
    return { uid, name: String(uid) };
  }
}
