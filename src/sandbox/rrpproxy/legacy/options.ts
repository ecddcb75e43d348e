/** The knobs of API 1, where the vendor's pages contradict each other. */

export interface LegacyOptions {
  /** The reissue page calls the CSR mandatory, and optional in its head. */
  readonly legacyReissueCsr: 'required' | 'optional';
  /** The reissue page: "the expiration date will not change". */
  readonly legacyReissueExpiry: 'unchanged' | 'paid-until';
  /** DeleteCertificate without `sub`: the reissue page says the whole order, the workflow page the newest active sub. */
  readonly legacyDelete: 'order' | 'newest-active';
  /**
   * Where DigiCert's TXT record is looked for. The page says at the main domain in its text and, in its
   * example and note, at the name itself, where only `www.` is taken off.
   */
  readonly legacyTxtPlace: 'name' | 'main-domain';
  /** `sub` and `sub status` of StatusCertificate: every sub of the order, or the one asked for. */
  readonly legacySubs: 'all' | 'shown';
  /** Event classes as renamed in 2018, or as before. */
  readonly legacyEventNames: 'since-2018' | 'before-2018';
  /** A `…_NOTIFY` event when something was begun. */
  readonly legacyNotifies: boolean;
}

export const LEGACY_DEFAULTS: LegacyOptions = {
  legacyReissueCsr: 'required',
  legacyReissueExpiry: 'unchanged',
  legacyDelete: 'order',
  legacyTxtPlace: 'name',
  legacySubs: 'all',
  legacyEventNames: 'since-2018',
  legacyNotifies: false,
};
