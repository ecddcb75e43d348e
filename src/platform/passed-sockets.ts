/**
 * Listening sockets that were passed on at the start, by the protocol of sd_listen_fds(3): LISTEN_PID says for whom,
 * LISTEN_FDS how many from descriptor 3 on, LISTEN_FDNAMES their names. Reads the variables only; Node marks every inherited
 * descriptor as close-on-exec, so that no child gets them.
 */
import type { PassedSocket } from '../contracts/platform.ts';

/** SD_LISTEN_FDS_START. */
const firstDescriptor = 3;
/** A daemon with one listener needs one or two; more than this is not for us. */
export const passedSocketsMax = 64;

/** Empty unless all of it is meant for the process `pid` and can be understood. */
export function readPassedSockets(
  env: Readonly<Record<string, string | undefined>>,
  pid: number,
): readonly PassedSocket[] {
  const { LISTEN_PID, LISTEN_FDS = '', LISTEN_FDNAMES } = env;
  if (LISTEN_PID !== String(pid) || !/^[1-9]\d{0,3}$/.test(LISTEN_FDS)) return [];
  const count = Number(LISTEN_FDS);
  if (count > passedSocketsMax) return [];
  const names = LISTEN_FDNAMES?.split(':') ?? [];
  return Array.from({ length: count }, (_, index) => ({
    // What the protocol says of a descriptor without a name.
    name: names[index] ?? 'unknown',
    fd: firstDescriptor + index,
  }));
}
