/** The XML gateway's own knobs. Defaults write what the vendor's XML samples show. */

export interface GatewayOptions {
  /** Where `stid` stands; the vendor's samples show all three, so `as-sample` differs by task. */
  readonly xmlStid: 'as-sample' | 'beside-result' | 'in-result' | 'none';
  /** `ctid` in a task: the vendor's page "Task Object" has it; refused like an element nobody knows. */
  readonly xmlCtid: 'accept' | 'refuse';
  /** How text is written: CDATA only where the samples have it, everywhere, or nowhere. */
  readonly xmlText: 'as-sample' | 'cdata' | 'escaped';
  /** Comments behind values, as in the vendor's sample of a certificate. */
  readonly xmlComments: boolean;
  /** `<?xml … standalone="no"?>` first, as a recorded answer has it and no sample of the document. */
  readonly xmlPrologue: boolean;
  /** HTTP status of an answer that says no; clients look at the body only. */
  readonly xmlErrorStatus: 200 | 400;
  /** `msg/text`, which may be missing. */
  readonly xmlMessageTexts: boolean;
  /** The root certificate too, beside the one issuing certificate the sample shows. */
  readonly xmlRootInChain: boolean;
  /** `payable` (end of the paid term) in a certificate; no sample of one has it. */
  readonly xmlPayable: boolean;
  /** What one of JSON's `domains` is called inside `authentication`: no document has one, and lists are named singly. */
  readonly xmlDomainElement: 'domain' | 'domains';
  /** `WAIT` for a validation step that is going on, as older answers say. */
  readonly xmlStepsWait: boolean;
  /** `DEFFERED` in job lists, as the vendor's sample of one spells it. */
  readonly xmlDeffered: boolean;
  /** A record added twice by 0202001: refused as by the JSON stream, or passed over as users report. */
  readonly xmlDuplicateRecord: 'refuse' | 'ignore';
  /** Elements the documents do not name. */
  readonly xmlUnknownElements: 'refuse' | 'ignore';
}

export const DEFAULT_GATEWAY_OPTIONS: GatewayOptions = {
  xmlStid: 'as-sample',
  xmlCtid: 'accept',
  xmlText: 'as-sample',
  xmlComments: false,
  xmlPrologue: false,
  xmlErrorStatus: 200,
  xmlMessageTexts: true,
  xmlRootInChain: false,
  xmlPayable: false,
  xmlDomainElement: 'domain',
  xmlStepsWait: false,
  xmlDeffered: false,
  xmlDuplicateRecord: 'refuse',
  xmlUnknownElements: 'refuse',
};
