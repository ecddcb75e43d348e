/**
 * A provider's event queue: stored, then acknowledged, in this order. An event makes a renewal due for a reading and
 * nothing else; late, repeated and foreign events are harmless.
 */
import type { Clock, Logger } from '../../contracts/platform.ts';
import type { EventFeed, ProviderEvent } from '../../contracts/provider-events.ts';
import type { Store } from '../../contracts/store.ts';

/** Bound on one call: a queue that grows while it is read must not hold us. */
const maxEventsPerCall = 200;
const batch = 50;

export interface EventReport {
  readonly stored: number;
  readonly madeDue: number;
}

export async function pollEvents(
  providerName: string,
  feed: EventFeed,
  store: Store,
  clock: Clock,
  logger: Logger,
  signal: AbortSignal,
): Promise<EventReport> {
  let stored = 0;
  let madeDue = 0;
  const seen = new Set<string>();
  while (seen.size < maxEventsPerCall) {
    const events = (await feed.fetch(batch, signal)).filter((event) => !seen.has(event.id));
    if (events.length === 0) break;
    for (const event of events) seen.add(event.id);
    const fresh = await store.saveEvents(events.map((event) => storable(providerName, event, clock.now())));
    stored += fresh.length;
    const ids = events.filter(({ ours }) => ours).flatMap(({ handle }) => Object.values(handle));
    if (ids.length > 0) madeDue += await store.makeDue(providerName, ids, clock.now());
    let left = 0;
    for (const event of events) {
      if (!event.ours && feed.foreign === 'leave') {
        left += 1;
        continue;
      }
      await feed.acknowledge(event.id, signal);
      await store.markEventAcknowledged(providerName, event.id, clock.now());
      logger.debug(
        { provider: providerName, event: event.id, type: event.type, ours: event.ours },
        'event acknowledged',
      );
    }
    // A queue that shows one at a time cannot be read past a foreign event that is to be left alone.
    if (left === events.length) break;
  }
  return { stored, madeDue };
}

function storable(provider: string, event: ProviderEvent, receivedAt: Date) {
  const { id: eventId, type, ours, raw } = event;
  return { provider, eventId, type, ours, raw, receivedAt, acknowledgedAt: null };
}
