/**
 * What the parts of the sandbox promise each other: the throw-away CA behind every simulated vendor, the vendor
 * simulators, the faults one can order, and the history one can assert on.
 *
 * Nothing here, nor anywhere under `src/sandbox/`, may import renewd's client code, and the client code may not
 * import this: a shared misunderstanding of a vendor's document would otherwise cancel out in the tests.
 */

/** The sandbox's only source of time. */
export interface SandboxClock {
  now(): Date;
}

/** What the CA must see with its own eyes before it issues. Names are lower-case A-labels without trailing dot. */
export type DcvRequirement =
  | {
      readonly kind: 'dns-txt';
      readonly identifier: string;
      readonly recordName: string;
      readonly value: string;
    }
  | {
      readonly kind: 'dns-cname';
      readonly identifier: string;
      readonly recordName: string;
      readonly target: string;
    }
  | { readonly kind: 'http'; readonly identifier: string; readonly url: string; readonly content: string }
  /** Fulfilled only by the control API (a person clicking the link). */
  | { readonly kind: 'email'; readonly identifier: string; readonly address: string };

export interface CaOrderRequest {
  readonly csrPem: string;
  /** Every name the certificate shall carry, common name first. */
  readonly names: readonly string[];
  readonly requirements: readonly DcvRequirement[];
  /** The certificate ends at the earliest of this moment and the CA's own cap. */
  readonly notAfterAtMost: Date;
}

export interface CaCertificate {
  /** One PEM block each, LF line ends, 64 columns, final newline. */
  readonly leafPem: string;
  readonly intermediatePem: string;
  readonly rootPem: string;
  /** Upper-case hex, as X.509 prints it. */
  readonly serialHex: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly names: readonly string[];
  readonly revokedAt?: Date;
}

export interface CaCheck {
  readonly requirement: DcvRequirement;
  readonly fulfilled: boolean;
  /** What was seen, for people: "TXT example.com at 127.0.0.1:5353: NXDOMAIN". */
  readonly detail: string;
}

export interface CaOrder {
  readonly id: string;
  readonly status: 'pending' | 'issued' | 'failed' | 'cancelled';
  readonly request: CaOrderRequest;
  readonly checks: readonly CaCheck[];
  readonly certificate?: CaCertificate;
  readonly failure?: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface ParsedCsr {
  readonly commonName: string;
  /** From the SAN extension, lower-case; may be empty. */
  readonly names: readonly string[];
  readonly subject: Readonly<Record<string, string>>;
  readonly keyAlgorithm: 'RSA' | 'EC';
  /** Bits: 2048, 256, … */
  readonly keySize: number;
  readonly curve?: string;
  /** SHA-256 of the DER SubjectPublicKeyInfo, lower-case hex. */
  readonly spkiSha256: string;
  readonly signatureValid: boolean;
}

/** The throw-away CA. It says loudly in its subject names that it is no CA. */
export interface SandboxCa {
  /** Throws an Error with a sentence for people when the text is no PKCS #10 request. */
  parseCsr(pem: string): ParsedCsr;
  submit(request: CaOrderRequest): CaOrder;
  get(orderId: string): CaOrder | undefined;
  /** Look at the DCV evidence now instead of at the next tick. */
  recheck(orderId: string): Promise<CaOrder>;
  /** A person followed the link in the approval mail. */
  approveByEmail(orderId: string): void;
  cancel(orderId: string): void;
  fail(orderId: string, reason: string): void;
  revoke(serialHex: string, reason: string): void;
  /** Issue without any check: for seeding what existed before the test began. */
  issueNow(request: {
    csrPem: string;
    names: readonly string[];
    notBefore: Date;
    notAfter: Date;
  }): CaCertificate;
  /** Days a certificate may live at most; steered by the control API. Default 199. */
  maxValidityDays: number;
  /** Check every pending order whose delay has passed. Called by a timer in `renewd sandbox`, by hand in tests. */
  tick(): Promise<void>;
}

export interface SimulatorRequest {
  readonly method: string;
  /** Path without query, as received. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case header names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface SimulatorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** A certificate and its paid order that existed before the sandbox was asked anything. */
export interface SeedOrder {
  readonly names: readonly string[];
  readonly product: string;
  readonly csrPem: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly paidUntil: Date;
  readonly dcvMethod: 'dns' | 'file' | 'email';
  /** Which kind of order, where the vendor keeps several side by side: rrpproxy "v1". Absent: the usual one. */
  readonly generation?: string;
}

export interface SeededOrder {
  /** The vendor's id of the certificate. */
  readonly certificateId: string;
  /** The vendor's id of the order, where it has one apart from the certificate's. */
  readonly orderId?: string;
  /** The vendor's id of the certificate inside it, where one certificate id stands for several (rrpproxy "v1"). */
  readonly subId?: string;
  readonly certificate: CaCertificate;
}

export interface EppAnswer {
  readonly xml: string;
  /** Close the connection once this is sent. */
  readonly close: boolean;
}

/** What the simulator says on one EPP connection (RFC 5734); a new one for each connection. */
export interface EppConversation {
  /** The greeting (RFC 5730 §2.4), sent as soon as the connection is open. */
  greeting(): string;
  /** As `VendorSimulator.describe`. Throws when the frame is no EPP. */
  describe(xml: string): { command: string; parameters: Record<string, unknown> };
  /** Apply and answer one frame. */
  handle(xml: string): Promise<EppAnswer>;
  /** Answer one frame with the vendor's result code, without applying anything. */
  errorAnswer(xml: string, code: string): EppAnswer;
  /** The server ends the session by itself: says so, and closes. */
  endSession(xml: string): EppAnswer;
  /** The connection is gone. */
  closed(): void;
}

/** A second front door of a vendor, beside HTTP and with the same world behind it. */
export interface EppFrontDoor {
  /** A connection that sends nothing for so long is closed, milliseconds. */
  readonly idleMs: number;
  connect(): EppConversation;
}

export interface VendorSimulator {
  readonly id: string;
  /** Present: the sandbox runs an EPP server for this vendor too. */
  readonly epp?: EppFrontDoor;
  /** Forget every open session: whoever comes back with one has to log in again. Absent: there are no sessions. */
  endSessions?(): void;
  /** The vendor's own name for what is asked ("AddCertificate", "PUT /certificate/{id}"), before anything is done. */
  describe(request: SimulatorRequest): { command: string; parameters: Record<string, unknown> };
  /** Apply and answer. Vendor-level faults (`code` faults) are handled inside; transport faults outside. */
  handle(request: SimulatorRequest): Promise<SimulatorAnswer>;
  /** Answer with the vendor's own error envelope for this code, without applying anything. */
  errorAnswer(code: string, text?: string): SimulatorAnswer;
  seed(order: SeedOrder): SeededOrder;
  /** Put an event about something that is not ours into the account's queue. */
  queueForeignEvent(): void;
  /** Put an already delivered event into the queue once more. */
  redeliverLastEvent(): void;
  /** Paid orders so far: one row per thing that would appear on an invoice. */
  invoices(): readonly Invoice[];
  /** Everything, for people and for assertions on the whole world. */
  snapshot(): Record<string, unknown>;
}

export interface Invoice {
  readonly at: Date;
  readonly orderId: string;
  readonly certificateId: string;
  readonly product: string;
  /** Negative: a refund of the row with the same order id. */
  readonly price: number;
  readonly currency: string;
  readonly reference?: string;
}

/** One ordered misbehaviour. Faults are used up in the order they were given. */
export interface Fault {
  /** Vendor simulator id, e.g. "rrpproxy". */
  readonly vendor: string;
  /** Only for this command (as `describe` names it); absent: any. */
  readonly command?: string;
  /** How many requests it hits; default 1. */
  readonly times?: number;
  readonly kind:
    /** Answer after `delayMs`. */
    | 'delay'
    /** Close the connection before anything is applied. */
    | 'drop-before'
    /** Apply, then close the connection without an answer. */
    | 'lose-answer'
    /** Vendor's error envelope with `code`; nothing applied. */
    | 'code'
    /** Apply, then answer with the vendor's error `code`: "try again" after the order exists. */
    | 'code-after'
    /** HTTP `status` with an HTML page; nothing applied. Over EPP: the page without any frame, then closed. */
    | 'html'
    /** Apply, then send the first half of the answer and close. */
    | 'truncate'
    /** Apply, then send `bytes` bytes of rubbish. */
    | 'oversize'
    /** Apply, then send the answer one byte every `delayMs`. */
    | 'trickle'
    /** HTTP 302 to `location`. EPP knows none: answered as if nothing had been ordered. */
    | 'redirect'
    /**
     * The vendor forgets its sessions first. Over HTTP the request is then handled as it stands; over EPP nothing is
     * applied, the server says that it ends the session and closes.
     */
    | 'session-loss';
  readonly delayMs?: number;
  readonly code?: string;
  readonly status?: number;
  readonly bytes?: number;
  readonly location?: string;
}

export interface HistoryEntry {
  readonly at: Date;
  readonly vendor: string;
  /** Through which door, where it is not the vendor's HTTP. */
  readonly via?: 'epp';
  readonly command: string;
  readonly parameters: Record<string, unknown>;
  /** False when a fault kept the request from having any effect. */
  readonly applied: boolean;
  readonly httpStatus?: number;
  /** The vendor's result code where it can be told from the answer; over EPP that of RFC 5730. */
  readonly resultCode?: string;
  readonly fault?: Fault['kind'];
}
