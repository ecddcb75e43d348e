/** What a route's handler gets. */
import type { SimulatorRequest } from '../contract.ts';
import type { Account, Certificate, World } from './world.ts';

export interface PlainContext {
  readonly world: World;
  readonly account: Account;
  readonly request: SimulatorRequest;
  /** From the path; "" where the path has none. */
  readonly id: string;
}

/** For routes below one certificate. */
export interface RouteContext extends PlainContext {
  readonly certificate: Certificate;
}
