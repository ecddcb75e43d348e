/** What a route's handler gets. */
import type { JsonObject } from './envelope.ts';
import type { User, World } from './world.ts';

export interface RouteContext {
  readonly world: World;
  readonly user: User;
  /** From the path; 0 where the path has none. */
  readonly id: number;
  /** `{name}` and `{ns}` of a zone route, as the path has them. */
  readonly path: Readonly<Partial<Record<'name' | 'ns', string>>>;
  readonly stid: string;
  readonly ctid: string | undefined;
  /** `?keys[]=a&keys[]=b`. */
  readonly keys: readonly string[];
  /** JSON as received, or what the XML gateway made of a task's object. */
  readonly body: Buffer | JsonObject;
  /** Asked through the XML gateway. */
  readonly gateway: boolean;
}
