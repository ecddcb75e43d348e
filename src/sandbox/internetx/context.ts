/** What a route's handler gets. */
import type { User, World } from './world.ts';

export interface RouteContext {
  readonly world: World;
  readonly user: User;
  /** From the path; 0 where the path has none. */
  readonly id: number;
  readonly stid: string;
  readonly ctid: string | undefined;
  /** `?keys[]=a&keys[]=b`. */
  readonly keys: readonly string[];
  readonly body: Buffer;
}
