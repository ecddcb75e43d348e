/**
 * Requests and answers of "SSL documentation – Reference Manual" (CentralNic Group, 2022), section 9.1, shortened and
 * re-typed. PEM bodies are cut to a line (they are damaged in the manual anyway); account names are made up.
 */

export const csr =
  '-----BEGIN CERTIFICATE REQUEST-----\nMIIErDCCApQCAQAwZzELMAkGA1UEBhMCREUx\n-----END CERTIFICATE REQUEST-----\n';
export const crt =
  '-----BEGIN CERTIFICATE-----\nMIIHqjCCBZKgAwIBAgIQCLM5v+pkvhFRhZbj\n-----END CERTIFICATE-----\n';

const head = `[RESPONSE]
code = 200
description = Command completed successfully
queuetime = 0.007
runtime = 2.754
`;

const ordered = `${head}property[billingcount][0] = 1
property[billingtype][0] = ssl123dv-base
property[ca][0] = DigiCert
property[class][0] = SSL123DV
property[created by][0] = someone
property[csr][0] = -----BEGIN CERTIFICATE REQUEST-----
property[csr][1] = MIIErDCCApQCAQAwZzELMAkGA1UEBhMCREUx
property[csr][2] = -----END CERTIFICATE REQUEST-----
property[dcv domain][0] = example.com
property[dcv domain][1] = example.com
property[domain][0] = example.com
property[domain][1] = www.example.com
property[price][0] = 42
property[server type][0] = apache
property[status][0] = processing
property[vat][0] = 6.72
`;

/** 9.1.16 */
export const orderedByEmail = `${ordered}property[certificate][0] = DK67473099
property[created date][0] = 2022-06-27 13:05:54.0
property[dcv email][0] = hostmaster@example.com
property[dcv email][1] = hostmaster@example.com
property[dcv method][0] = email
property[dcv method][1] = email
property[order][0] = DK098589617
property[order paid until][0] = 2023-06-27 13:05:54.0
`;

/** 9.1.17 */
export const orderedByDns = `${ordered}property[certificate][0] = DK72503814
property[created date][0] = 2022-06-27 13:09:07.0
property[dcv method][0] = dns-txt
property[dcv method][1] = dns-txt
property[dns rr][0] = @ 3600 IN TXT bk5yp3dh9xrb94byhhny76dhxt0wdkn4
property[dns rr][1] = @ 3600 IN TXT bk5yp3dh9xrb94byhhny76dhxt0wdkn4
property[order][0] = DK090768788
property[order paid until][0] = 2023-06-27 13:09:07.0
`;

/** 9.1.18 */
export const orderedByFile = `${ordered}property[certificate][0] = DK12345678
property[created date][0] = 2022-07-04 12:35:40.0
property[dcv method][0] = http
property[dcv method][1] = http
property[file contents][0] = 5d00kd5l6w9yvvt8k2srgj1kjy643fz
property[file contents][1] = 5d00kd5l6w9yvvt8k2srgj1kjy643fz
property[file name][0] = https://example.com/.well-known/pki-validation/fileauth.txt
property[file name][1] = https://example.com/.well-known/pki-validation/fileauth.txt
property[order][0] = DK0123456678
property[order paid until][0] = 2023-07-04 12:35:40.0
`;

/** 9.1.21 */
export const pendingByCname = `${head}property[ca][0] = DigiCert
property[certificate][0] = DD12345678
property[class][0] = SSL123DV
property[created date][0] = 2022-01-18 14:20:09.0
property[dcv domain][0] = example.com
property[dcv domain][1] = example.com
property[dcv method][0] = dns-cname
property[dcv method][1] = dns-cname
property[dns rr][0] = m278fkyc6xmxyf1x2zwh6st7ch0866f9.example.com. IN CNAME dcv.digicert.com
property[dns rr][1] = m278fkyc6xmxyf1x2zwh6st7ch0866f9.www.example.com. IN CNAME dcv.digicert.com
property[domain][0] = example.com
property[domain][1] = www.example.com
property[expiration date][0] =
property[order][0] = DD012345678
property[order paid until][0] = 2023-01-18 14:20:09.0
property[status][0] = processing
`;

/** 9.1.22, with certificates of the test's own in place of the damaged ones. */
export function issued(csrLines: string, certLines: string, chainLines: string, rootLines: string): string {
  return `${head}${csrLines}
${certLines}
property[certificate][0] = DK12345678
property[created date][0] = 2022-03-04 12:10:29.0
property[dcv domain][0] = example.com
property[dcv domain][1] = www.example.com
property[dcv email][0] = admin@example.com
property[dcv email][1] = admin@example.com
property[dcv method][0] = email
property[dcv method][1] = email
property[domain][0] = example.com
property[domain][1] = www.example.com
property[expiration date][0] = 2022-03-10 23:59:59
${chainLines}
property[order][0] = DK012345678
property[order paid until][0] = 2023-03-04 12:10:29.0
${rootLines}
property[status][0] = active
`;
}

/** 9.1.23; the second row's class is misspelt there as here. */
export const list = `${head}property[certificate][0] = DD12345675
property[status][0] = processing
property[certificateorder][0] = DD012345675
property[created date][0] = 2022-01-18 14:20:09
property[expiration date][0] =
property[class][0] = RAPIDSSLDV
property[certificate][1] = DD12345676
property[status][1] = canceled
property[certificateorder][1] = DD12345676
property[created date][1] = 2022-01-18 13:33:32
property[expiration date][1] =
property[class][1] = RAPIDSSLVD
property[certificate][2] = DK12345677
property[status][2] = processing
property[certificateorder][2] = DK012345677
property[created date][2] = 2022-06-27 13:05:54
property[expiration date][2] =
property[class][2] = SSL123DV
property[column][0] = certificate
property[column][1] = status
property[column][2] = certificateorder
property[count][0] = 3
property[first][0] = 0
property[last][0] = 2
property[limit][0] = 1000
property[total][0] = 3
`;

/** 9.1.24 */
export const renewed = `${head}property[certificate][0] = DK87654321
property[certificateorder][0] = DK012345678
property[created date][0] = 2022-07-04 12:10:23.0
property[dcv domain][0] = example.com
property[dcv domain][1] = example.com
property[dns rr][0] = @ 3600 IN TXT vrw18t0fhr4vxrnvl1jmw1wswnkyfmyt
property[dns rr][1] = @ 3600 IN TXT vrw18t0fhr4vxrnvl1jmw1wswnkyfmyt
property[domain][0] = example.com
property[domain][1] = www.example.com
property[order paid until][0] = 2023-07-04 12:10:23.0
property[status][0] = processing
`;

/** 9.1.25: a bare token beside a complete record. */
export const reissued = `${head}property[certificate][0] = DK87654321
property[created date][0] = 2022-07-01 13:05:07.0
property[dcv domain][0] = example.com
property[dcv domain][1] = example.com
property[dns rr][0] = 7gtszcs8r1sk5b9htlj50w39ypqh6p89
property[dns rr][1] = @ 3600 IN TXT z687qy852c2zwd2dp39cqcdrxpn73qyv
property[domain][0] = example.com
property[domain][1] = www.example.com
property[order][0] = DK012345678
property[order paid until][0] = 2023-07-01 12:36:51.0
property[status][0] = processing
`;

/** 9.1.5 */
export const approvers = `${head}property[dcv email][0] = postmaster@example.com
property[dcv email][1] = administrator@example.com
property[dcv email][2] = hostmaster@example.org
property[dcv email][3] = hostmaster@example.org
property[domain][0] = example.com
property[domain][1] = example.com
property[domain][2] = example.org
property[domain][3] = example.org
`;

/** 9.1.13 */
export const priced = `${head}property[billingcount][0] = 1
property[billingtype][0] = ssl123dv-base
property[domain][0] = example.com
property[domain][1] = www.example.com
property[price][0] = 42
property[vat][0] = 6.72
`;
