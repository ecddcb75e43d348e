/** What the suite must know of a vendor that the contract does not say: addresses, products, words of its simulator. */
import type { OrderHandle } from '../../../src/contracts/order.ts';
import type { Provider, ProviderDependencies, ProviderManifest } from '../../../src/contracts/provider.ts';
import type { ErrorKind } from '../../../src/core/errors.ts';
import type { SeededOrder } from '../../../src/sandbox/contract.ts';
import type { FullSandboxOptions } from '../../../src/sandbox/start.ts';

export type SimulatorOptions = Pick<FullSandboxOptions, 'hexonet' | 'rrpproxy' | 'internetx' | 'resello'>;

export interface Dialect {
  readonly name: string;
  readonly simulator: SimulatorOptions;
  /** Settings of the account that go with it. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

export interface VendorFacts {
  readonly manifest: ProviderManifest;
  /** The simulator's name, where it is not the provider's id. */
  readonly simulator?: string;
  /** Where nothing can be bought (create is closed): how the simulator comes to hold an order that was bought before. */
  readonly held?: {
    readonly generation: 'v1';
    handle(seeded: SeededOrder): OrderHandle;
  };
  /** Of the API below the simulator's base URL. */
  readonly path: string;
  /** The planted secret: the simulator's account has this password. */
  readonly password: string;
  readonly login: string;
  /** Everything else that `create` needs, without address and password. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** DV products of the simulator. */
  readonly products: {
    readonly usual: string;
    readonly wildcard: string;
    /** One whose CA asks for CNAME records. */
    readonly cname: string;
  };
  /** Of the names "one.example.test" and "other.example.test", the product takes both. */
  readonly several: string;
  /** The simulator's names of the commands that submit, and of the one that a pending order is read with. */
  readonly commands: {
    readonly create: string;
    readonly reissue: string;
    readonly renew: string;
    readonly read: string;
    /** One of those that `find` begins with. */
    readonly list: string;
  };
  /** Codes of the simulator's error answers. */
  readonly codes: {
    readonly funds: string;
    readonly tryAgain: string;
    readonly rateLimited: string;
    readonly unauthorized: string;
    readonly unauthorizedAddress: string;
    readonly rejected: string;
  };
  /** Whether the answer to "slow down" says that an order was not taken. */
  readonly rateLimitedOrder: ErrorKind;
  /** Days to wait until a certificate of the usual product can be renewed. */
  readonly daysUntilRenewal: number;
  /** The API revokes the certificate in use, or only those that a reissue has replaced. */
  readonly revokesCurrent: boolean;
  /** The provider speaks to the simulator's EPP server; there is no HTTP in between. */
  readonly epp?: true;
  /** A submission that the CA turns down at once fails as such, or is accepted and fails later. */
  readonly refusal: 'at-submission' | 'later';
  readonly dialects: readonly Dialect[];
  /** How the API writes an answer that refuses and repeats this text. */
  readonly refusalThatEchoes: (text: string) => { readonly status: number; readonly body: string };
  /** Where the simulator changes what it asks for after the order; absent: it never does. */
  readonly changing?: SimulatorOptions;
  /** Absent: the simulator's CA cannot be told to turn orders down at once. */
  readonly refusing?: SimulatorOptions;
  /**
   * What the API is not known to have a command or a code of its own for: then `cancel` says so without a request,
   * `retryValidation` leaves it to the vendor to look again, missing credit is refused like anything else, no
   * events are offered, and a certificate whose id a reissue took over (revoke-replaced) cannot be revoked any more.
   * No certificate can be revoked apart from its order (revoke), nobody lists addresses for e-mail validation
   * (approvers), the answer to an order does not say what to publish (challenges), an order that was cancelled is gone
   * (cancelled-orders), none of the products that can be ordered asks for CNAME records (cname).
   */
  readonly lacks?: readonly (
    | 'cancel'
    | 'retry'
    | 'funds'
    | 'events'
    | 'revoke-replaced'
    | 'revoke'
    | 'approvers'
    | 'challenges'
    | 'cancelled-orders'
    | 'cname'
  )[];
}

/** What a new certificate adds to the invoices: nothing where it is a reissue of an order that is held. */
export function chargesOf({ held }: VendorFacts): number {
  return held === undefined ? 1 : 0;
}

export type Open = (
  settings: Readonly<Record<string, unknown>>,
  dependencies: ProviderDependencies,
) => Promise<Provider>;

export interface ProviderUnderTest {
  readonly vendor: VendorFacts;
  readonly open: Open;
}
