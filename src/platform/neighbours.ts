/**
 * Telling a server beside us to reload without starting a program: a signal by pid file, or HAProxy's master socket. For
 * containers, in which the server's own tools are not at hand. Needs no privilege but the same user, or the socket's group.
 */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Neighbours } from '../contracts/platform.ts';
import type { ReloadSignal } from '../core/certificate.ts';
import { RenewdError } from '../core/errors.ts';
import { errnoCode, fileError } from './file-errors.ts';

const pidFileForm = /^\s*(?<pid>[1-9]\d{0,9})\s*$/;
const pidFileBytesMax = 64;
/** Of HAProxy's answer, which is two lines and what its new worker warned of. */
const answerBytesMax = 16 * 1024;

function trouble(message: string, cause?: unknown): RenewdError {
  return new RenewdError('reload-failed', message, { cause });
}

function readPid(path: string): number {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw trouble(fileError('read', path, error).message, error);
  }
  const pid = text.length > pidFileBytesMax ? undefined : pidFileForm.exec(text)?.groups?.['pid'];
  if (pid === undefined) throw trouble(`${path} holds no process id`);
  return Number(pid);
}

const signalReasons: Readonly<Record<string, string>> = {
  ESRCH: 'there is no such process; is the process namespace shared, and the file not left over?',
  EPERM: 'it belongs to another user; run both as the same one',
};

function signal(pidFile: string, name: ReloadSignal): void {
  const pid = readPid(pidFile);
  if (pid === process.pid) {
    throw trouble(`process ${pid} of ${pidFile} is renewd itself here: the process namespace is not shared`);
  }
  try {
    process.kill(pid, `SIG${name}`);
  } catch (error) {
    const reason = signalReasons[errnoCode(error) ?? ''] ?? String(error);
    throw trouble(`process ${pid} of ${pidFile} cannot be sent SIG${name}: ${reason}`, error);
  }
}

/**
 * HAProxy management guide, "Master CLI", `reload`: up to 2.6 the connection is closed without an answer, since 2.7 the
 * answer begins with Success=1 or Success=0.
 */
function reloadHaproxy(path: string, timeoutMs: number, abort: AbortSignal | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect({ path });
    const timer = setTimeout(() => {
      socket.destroy(trouble(`HAProxy at ${path} did not answer within ${timeoutMs} ms`));
    }, timeoutMs);
    const stop = (): void => void socket.destroy(trouble(`the reload by ${path} was cut off`));
    abort?.addEventListener('abort', stop, { once: true });
    socket.once('connect', () => socket.write('reload\n'));
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      answer += chunk;
      if (answer.length > answerBytesMax)
        socket.destroy(trouble(`HAProxy at ${path} does not stop answering`));
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      // The old master's socket goes with it: after the command was sent that is the expected end.
      if (socket.bytesWritten > 0 && (error.code === 'ECONNRESET' || error.code === 'EPIPE')) return;
      reject(
        error instanceof RenewdError ? error : trouble(fileError('connect to', path, error).message, error),
      );
    });
    socket.once('close', () => {
      clearTimeout(timer);
      abort?.removeEventListener('abort', stop);
      if (answer.startsWith('Success=0'))
        reject(trouble(`HAProxy at ${path} refused to reload: ${answer.slice(0, 500)}`));
      else resolve(answer);
    });
  });
}

export const nodeNeighbours: Neighbours = { signal, reloadHaproxy };
