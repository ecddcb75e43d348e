/** The frame every answer has, and the codes with their texts. */
import type { SimulatorAnswer } from '../contract.ts';
import type { InternetxOptions } from './options.ts';

export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json | undefined };
export type JsonObject = { readonly [name: string]: Json | undefined };

export interface Message {
  /** Absent where the vendor's documents name none for the case. */
  readonly code?: string;
  readonly text?: string;
  readonly objects?: readonly { readonly type: string; readonly value: string }[];
}

export interface Envelope {
  readonly httpStatus?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** `S…`, `N…` or `E…` and the task's number; absent: only the type is told. */
  readonly code?: string;
  readonly type: 'SUCCESS' | 'NOTIFY' | 'ERROR';
  readonly object?: { readonly type: string; readonly value: string; readonly summary?: number };
  /** Left out altogether when there is nothing to list. */
  readonly data?: readonly Json[];
  readonly messages?: readonly Message[];
}

/** An answer that says no. Thrown by the handlers. */
export class ApiError extends Error {
  readonly envelope: Envelope;

  constructor(task: string | undefined, messages: readonly Message[], httpStatus = 400) {
    super(messages.map(({ code, text }) => text ?? code ?? '').join('; '));
    this.name = 'ApiError';
    this.envelope = {
      httpStatus,
      type: 'ERROR',
      messages,
      ...(task === undefined ? {} : { code: `E${task}` }),
    };
  }
}

/** EF01000: a value is missing or wrong; the object names it. */
export function wrongValue(task: string, field: string, given: string): ApiError {
  return new ApiError(task, [{ code: 'EF01000', objects: [{ type: field, value: given }] }]);
}

const TEXTS: Readonly<Record<string, readonly [en: string, de: string]>> = {
  S400104: [
    'Certificate data were inquired successfully.',
    'Die Zertifikatsdaten wurden erfolgreich abgefragt.',
  ],
  S400105: ['Certificates were listed.', 'Die Zertifikate wurden aufgelistet.'],
  S400110: ['CSR key was checked successfully.', 'Der CSR-Key wurde erfolgreich geprüft.'],
  S4001012: ['Certificate was issued in real time.', 'Das Zertifikat wurde in Echtzeit ausgestellt.'],
  S4001024: ['Comment was stored.', 'Der Kommentar wurde gespeichert.'],
  S4001031: ['Certificate was revoked.', 'Das Zertifikat wurde widerrufen.'],
  N400101: [
    'Certificate order was started successfully.',
    'Die Zertifikatsbestellung wurde erfolgreich gestartet.',
  ],
  N400102: ['Certificate reissue was started.', 'Die Neuausstellung des Zertifikats wurde gestartet.'],
  N400103: ['Certificate deletion was started.', 'Die Löschung des Zertifikats wurde gestartet.'],
  N400106: ['Certificate renewal was started.', 'Die Verlängerung des Zertifikats wurde gestartet.'],
  S400201: ['SSL contact was created.', 'Der SSL-Kontakt wurde angelegt.'],
  S400202: ['SSL contact was updated.', 'Der SSL-Kontakt wurde geändert.'],
  S400203: ['SSL contact was deleted.', 'Der SSL-Kontakt wurde gelöscht.'],
  S400204: ['SSL contact was inquired.', 'Der SSL-Kontakt wurde abgefragt.'],
  S400205: ['SSL contacts were listed.', 'Die SSL-Kontakte wurden aufgelistet.'],
  S0905: ['The notification was polled successfully.', 'Die Nachricht wurde erfolgreich abgefragt.'],
  S0906: ['The notification was confirmed successfully.', 'Die Nachricht wurde erfolgreich bestätigt.'],
  S300114: ['Job was inquired.', 'Der Auftrag wurde abgefragt.'],
  S300115: ['Jobs were listed.', 'Die Aufträge wurden aufgelistet.'],
  S300121: ['Job was cancelled.', 'Der Auftrag wurde abgebrochen.'],
  S300134: ['Job history was inquired.', 'Der Auftrag wurde in der Historie gefunden.'],
  S300135: ['Job history was listed.', 'Die Auftragshistorie wurde aufgelistet.'],
  S1321001: ['Session was created.', 'Die Session wurde angelegt.'],
  S1321003: ['Session was closed.', 'Die Session wurde beendet.'],
  EF01000: ['A value is missing or wrong.', 'Ein Wert fehlt oder ist falsch.'],
  EF00022: ['The query key is not allowed.', 'Der Suchschlüssel ist nicht erlaubt.'],
  EF400139: [
    'Domain validation failed on the side of the CA.',
    'Die Domain-Validierung der CA ist fehlgeschlagen.',
  ],
  EF4001006: ['The admin contact is invalid.', 'Der Admin-Kontakt ist ungültig.'],
  EF4001010: ['The technical contact is invalid.', 'Der technische Kontakt ist ungültig.'],
  EF4001012: [
    'The certificate cannot be renewed yet; renewal opens 90 days before it ends.',
    'Das Zertifikat kann noch nicht verlängert werden; frühestens 90 Tage vor Ablauf.',
  ],
  EF300101: ['The job was not found.', 'Der Auftrag wurde nicht gefunden.'],
  EF4002001: ['The SSL contact was not found.', 'Der SSL-Kontakt wurde nicht gefunden.'],
};

function textOf(code: string, language: 'en' | 'de'): string {
  const texts = TEXTS[code];
  // Where the vendor has no text it repeats the code.
  return texts === undefined ? code : texts[language === 'en' ? 0 : 1];
}

export interface FrameContext {
  readonly stid: string;
  readonly ctid: string | undefined;
  readonly options: InternetxOptions;
}

export function messageJson(message: Message, options: InternetxOptions): JsonObject {
  const text =
    message.text ?? (message.code === undefined ? undefined : textOf(message.code, options.language));
  return {
    text,
    [options.oldCodeNames ? 'messageCode' : 'code']: message.code,
    status: 'ERROR',
    objects: message.objects,
  };
}

export function renderEnvelope(envelope: Envelope, frame: FrameContext): SimulatorAnswer {
  const { options } = frame;
  const body: JsonObject = {
    stid: frame.stid,
    ctid: frame.ctid,
    messages: envelope.messages?.map((message) => messageJson(message, options)),
    status: {
      ...(envelope.code === undefined
        ? {}
        : {
            [options.oldCodeNames ? 'resultCode' : 'code']: envelope.code,
            text: textOf(envelope.code, options.language),
          }),
      type: envelope.type,
    },
    object: envelope.object,
    data: envelope.data !== undefined && envelope.data.length > 0 ? envelope.data : undefined,
  };
  return {
    status: envelope.httpStatus ?? 200,
    headers: {
      server: 'JSON',
      'content-type': 'application/json;charset=UTF-8',
      'content-language': options.language,
      'x-domainrobot-stid': frame.stid,
      ...envelope.headers,
    },
    body: JSON.stringify(body),
  };
}
