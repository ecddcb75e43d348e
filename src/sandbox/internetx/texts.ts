/** The vendor's sentences by code. Clients must not match on them: the language depends on the account. */

const TEXTS: Readonly<Record<string, readonly [en: string, de: string]>> = {
  E00000: ['Errors occurred during processing.', 'Bei der Verarbeitung sind Fehler aufgetreten.'],
  E0202002: ['The zone could not be updated.', 'Die Zone konnte nicht aktualisiert werden.'],
  S0202001: ['The zone was updated successfully.', 'Die Zone wurde erfolgreich aktualisiert.'],
  S0202002: ['The zone was updated successfully.', 'Die Zone wurde erfolgreich aktualisiert.'],
  S0205: [
    'Zone information was inquired successfully.',
    'Die Zoneninformationen wurden erfolgreich ermittelt.',
  ],
  S400104: [
    'Certificate data were inquired successfully.',
    'Die Zertifikatsdaten wurden erfolgreich abgefragt.',
  ],
  S400105: ['Certificates were listed.', 'Die Zertifikate wurden aufgelistet.'],
  S400110: ['CSR key was checked successfully.', 'Der CSR-Key wurde erfolgreich geprüft.'],
  S4001012: ['Certificate was issued in real time.', 'Das Zertifikat wurde in Echtzeit ausgestellt.'],
  S4001024: ['Comment was stored.', 'Der Kommentar wurde gespeichert.'],
  S4001031: ['The certificate was revoked successfully.', 'Das Zertifikat wurde widerrufen.'],
  N400101: [
    'Certificate order was started successfully.',
    'Die Zertifikatsbestellung wurde erfolgreich gestartet.',
  ],
  N400102: ['Certificate reissue was started.', 'Die Neuausstellung des Zertifikats wurde gestartet.'],
  N400103: ['Certificate deletion was started.', 'Die Löschung des Zertifikats wurde gestartet.'],
  N400106: ['Certificate renewal was started.', 'Die Verlängerung des Zertifikats wurde gestartet.'],
  S400114: ['Job was inquired.', 'Der Auftrag wurde abgefragt.'],
  S400115: ['Jobs were listed.', 'Die Aufträge wurden aufgelistet.'],
  S400118: ['The approval mail was sent again.', 'Die Bestätigungs-E-Mail wurde erneut versandt.'],
  S400119: ['The phone authorization was started again.', 'Die Telefon-Autorisierung wurde neu gestartet.'],
  S400135: ['Job history was listed.', 'Die Auftragshistorie wurde aufgelistet.'],
  S400201: ['Contact was created successfully.', 'Der SSL-Kontakt wurde angelegt.'],
  S400202: ['Contact was updated successfully.', 'Der SSL-Kontakt wurde geändert.'],
  S400203: ['Contact was deleted successfully.', 'Der SSL-Kontakt wurde gelöscht.'],
  S400204: ['Contact was inquired successfully.', 'Der SSL-Kontakt wurde abgefragt.'],
  S400205: ['Contacts were listed.', 'Die SSL-Kontakte wurden aufgelistet.'],
  S0905: ['The notification was polled successfully.', 'Die Nachricht wurde erfolgreich abgefragt.'],
  S0906: ['The notification was confirmed successfully.', 'Die Nachricht wurde erfolgreich bestätigt.'],
  S300113: ['Job was dropped.', 'Der Auftrag wurde verworfen.'],
  S300114: ['Job was inquired.', 'Der Auftrag wurde abgefragt.'],
  S300115: ['Jobs were listed.', 'Die Aufträge wurden aufgelistet.'],
  S300116: ['Job was restarted.', 'Der Auftrag wurde neu gestartet.'],
  S300117: ['Job is tried again.', 'Der Auftrag wird erneut versucht.'],
  S300121: ['Job was cancelled.', 'Der Auftrag wurde abgebrochen.'],
  S300122: ['Job was confirmed.', 'Der Auftrag wurde bestätigt.'],
  S300123: ['Job was rejected.', 'Der Auftrag wurde abgelehnt.'],
  S300134: ['Job history was inquired.', 'Der Auftrag wurde in der Historie gefunden.'],
  S300135: ['Job history was listed.', 'Die Auftragshistorie wurde aufgelistet.'],
  S1321001: ['Session token has been created successfully.', 'Die Session wurde angelegt.'],
  S1321003: ['Session was closed.', 'Die Session wurde beendet.'],
  EF01000: ['Missing or wrong value.', 'Ein Wert fehlt oder ist falsch.'],
  EF00022: ['The query key is not allowed.', 'Der Suchschlüssel ist nicht erlaubt.'],
  EF02022: ['The resource record was entered twice.', 'Der Zusatzeintrag wurde doppelt eingetragen.'],
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

/** Where the vendor has no text it repeats the code. */
export function textOf(code: string, language: 'en' | 'de'): string {
  const texts = TEXTS[code];
  return texts === undefined ? code : texts[language === 'en' ? 0 : 1];
}
