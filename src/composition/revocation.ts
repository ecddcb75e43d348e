/** The reader of CRLs and OCSP, loaded when the first certificate is asked about. */
import type { Clock } from '../contracts/platform.ts';
import type { RevocationReader } from '../contracts/revocation.ts';

/** `signal` fires when the runtime is closed. */
export function lazyRevocationReader(clock: Clock, signal: AbortSignal): RevocationReader {
  let loading: Promise<RevocationReader> | undefined;
  async function load(): Promise<RevocationReader> {
    const [{ createRevocationReader }, { plainHttp }] = await Promise.all([
      import('../revocation/reader.ts'),
      import('../platform/plain-http.ts'),
    ]);
    return createRevocationReader({ http: plainHttp, clock, signal });
  }
  return {
    async look(question, asking) {
      loading ??= load();
      return (await loading).look(question, asking);
    },
  };
}
