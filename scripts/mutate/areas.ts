/**
 * What is mutated, and which tests may kill the mutants: unit tests and tables that take milliseconds. Slow tests and
 * properties over random cases are left out, so that a kill is neither luck nor an accident of timing.
 */

export interface Area {
  /** Globs of sources. */
  readonly mutate: readonly string[];
  /** Globs of test files. */
  readonly tests: readonly string[];
  /** Names of tests that are too slow, or about something else. */
  readonly without?: RegExp;
}

export const areas = {
  plan: {
    // facts.ts holds types, reasons.ts the text of a documentation page.
    mutate: ['src/renewal/plan/!(facts|reasons).ts'],
    tests: ['test/unit/plan/!(properties).test.ts'],
  },
  states: {
    mutate: ['src/renewal/{state-machine,outcome,commit,resolve,windows}.ts'],
    tests: ['test/unit/renewal/{state-machine,commit,parts}.test.ts', 'test/unit/plan/rules.test.ts'],
  },
  ledger: {
    mutate: [
      'src/core/{ledger-digest,receipt,canonical-json}.ts',
      'src/audit/*.ts',
      'src/store/sqlite/{ledger,receipts}.ts',
    ],
    tests: ['test/unit/audit/*.test.ts', 'test/contract/store-sqlite.test.ts'],
    // Of the contract its ledger and receipts, within one process; nothing that tries thousands of changes.
    without:
      /store contract: \w+ > (?!ledger|receipts)|several processes|every single bit|any change of one byte|is the same for the same JSON/,
  },
  verify: {
    mutate: ['src/renewal/verify/*.ts', 'src/pki/{chain,chain-rules,key-match,names,name-constraints}.ts'],
    tests: [
      'test/unit/verify/*.test.ts',
      'test/unit/pki/{chain,chain-details,key-match,names,name-constraints}.test.ts',
    ],
    // It runs a program for each case.
    without: /OpenSSL's verdict/,
  },
} as const satisfies Readonly<Record<string, Area>>;

export type AreaName = keyof typeof areas;

export function isAreaName(name: string | undefined): name is AreaName {
  return name !== undefined && Object.hasOwn(areas, name);
}
