/** A provider's queue of messages, where it has one. */
import type { OrderHandle } from './order.ts';

/** A queued message of the provider. It only makes an order due for a read; the read decides. */
export interface ProviderEvent {
  readonly id: string;
  /** The provider's class and subclass. */
  readonly type: string;
  /** Ids that the event is about; empty for what is not a certificate matter. */
  readonly handle: OrderHandle;
  /** False for events about other objects of a shared queue. */
  readonly ours: boolean;
  /** Our reference of the order, where the provider returns it with the event. */
  readonly reference?: string;
  readonly at?: Date;
  /** The raw message, bounded to 16 KiB, secrets removed; stored before it is acknowledged. */
  readonly raw: string;
}

export interface EventFeed {
  /** The oldest unacknowledged events, at most `limit`. Queues that show one at a time return one. */
  fetch(limit: number, signal: AbortSignal): Promise<readonly ProviderEvent[]>;
  /** Called only after the event is stored. Quiet when it is gone already. */
  acknowledge(eventId: string, signal: AbortSignal): Promise<void>;
  /** What to do with events that are not ours: leave them, or store and acknowledge them. */
  readonly foreign: 'leave' | 'acknowledge';
}
