/** What follows a pass: people are told, and the dead man's switch is. */
import { hostname } from 'node:os';
import type { Configuration } from '../core/certificate.ts';
import { createHeartbeat } from '../notices/heartbeat.ts';
import { createNotifier, type NotifierDependencies } from '../notices/notifier.ts';

export interface Telling {
  configure(configuration: Pick<Configuration, 'notices' | 'heartbeat'>): void;
  passMade(): Promise<void>;
  /** Cuts what is under way: what was not told is told by the next process. */
  close(): Promise<void>;
}

/** Which renewd this is, for people who have several. */
export function instanceName(): string {
  return hostname();
}

export function createTelling(dependencies: Omit<NotifierDependencies, 'instance'>): Telling {
  const notifier = createNotifier({ ...dependencies, instance: instanceName() });
  const heartbeat = createHeartbeat(dependencies);
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();

  async function tell(): Promise<void> {
    const told = notifier.tell(closing.signal);
    // A refused configuration is for somebody to see, even when no channel works.
    const valid = dependencies.status.health().configValid;
    await Promise.all([told, valid ? heartbeat.beat(closing.signal) : undefined]);
  }

  return {
    configure({ notices, heartbeat: settings }) {
      notifier.configure(notices);
      heartbeat.configure(settings);
    },
    async passMade() {
      const one = tell();
      running.add(one);
      await one.finally(() => running.delete(one));
    },
    async close() {
      closing.abort(new Error('renewd is stopping'));
      await Promise.all(running);
    },
  };
}
