-- A store as version 5 wrote it, with a row in every table.
INSERT INTO certificates VALUES ('shop', 0.25, 'aa', 'cnr', 'ssl123dv', '17', '18', 1795348800000, 1795348800000, 1, 1795348800000, 1, 1795348800000);
INSERT INTO renewals (id, certificate, action, reason, sentence, state, revision, created_at, updated_at, attempts, provider, product, names, dcv_method, reference, key_id, leaf_pem, fingerprint256, not_after, forced, waits_for, waits_since, discard)
VALUES ('r1', 'shop', 'create', 'no-certificate', 'There is none.', 'awaiting-dcv', 3, 1795348800000, 1795348800000, 0, 'cnr', 'ssl123dv', '["shop.example.com"]', 'dns', 'ref-r1', 'k1', NULL, NULL, NULL, 0, 'mail went to admin@example.com', 1795348800000, NULL),
       ('r0', 'shop', 'create', 'no-certificate', 'There is none.', 'served', 9, 1795262400000, 1795262400000, 0, 'cnr', 'ssl123dv', '["shop.example.com"]', 'dns', 'ref-r0', 'k0', 'leaf', 'aa', 1795348800000, 0, NULL, NULL, 'due');
INSERT INTO challenges VALUES ('r1', 0, '{"kind":"email","identifier":"shop.example.com","addresses":["admin@example.com"]}', 'published', NULL, NULL, NULL);
INSERT INTO events (provider, event_id, type, ours, raw, received_at) VALUES ('cnr', 'e1', 'STATUS', 1, 'raw', 1795348800000);
INSERT INTO ledger (at, certificate, renewal_id, kind, subject, text, provider, charged_hundredths, charged_currency, paid, detail)
VALUES (1795348800000, 'shop', 'r1', 'intent', 'submit create', 'Ordering.', 'cnr', NULL, NULL, 1, '{}'),
       (1795348800000, 'shop', 'r1', 'outcome', 'submit create', 'Ordered.', 'cnr', 4250, 'EUR', 0, '{"orderId":"17"}');
INSERT INTO requests (id, at, certificate, kind, options, requested_by) VALUES ('q1', 1795348800000, 'shop', 'renew', '{"newKey":true}', 'ada');
INSERT INTO receipts VALUES (1, 'shop', 'r0', '{}', 'aa');
INSERT INTO leases VALUES ('daemon', 'host-1', 1795348800000);
INSERT INTO notices VALUES ('team', 'shop', 'dcv-not-visible', 'urgent', 1795262400000, 1795348800000);
INSERT INTO revocations VALUES ('aa', 'shop', 'revoked', 'keyCompromise', 1795348800000, 'http://crl.example/1.crl', 'the list http://crl.example/1.crl', 1795348800000, 1795348800000, 1795435200000, 1795348800000);
INSERT INTO compromised_keys VALUES ('bb', 'shop', 1795348800000, 'ada');
INSERT INTO revocations_due VALUES ('aa', 'bb', 'shop', 'cnr', '17', '18', '0badc0de', 1795348800000, 'due', 1795348800000, 'ada', 0, NULL, NULL);
