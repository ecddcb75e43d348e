import { X509Certificate } from 'node:crypto';
import { newChain } from './builders/pki.ts';
import { readPem } from '../src/pki/pem.ts';
import { readCertificate } from '../src/pki/x509.ts';
import { certificateFacts } from '../src/pki/certificate.ts';
import { readCrt } from '../src/renewal/expiry/read-crt.ts';
const chain = await newChain();
const der0 = chain.leaf.der;
let ours=0, both=0; const at: Record<string, number[]> = {};
for (let i=0;i<der0.length;i++) for (const x of [1,2,4,8,16,32,64,128,255]) {
  const der=Buffer.from(der0); der[i]! ^= x;
  try { certificateFacts(readCertificate(der)); ours++; } catch { continue; }
  try { new X509Certificate(der); both++; } catch (e) { (at[(e as Error).message.slice(0,60)] ??= []).push(i); }
}
console.log(ours,both,at); import { execFileSync } from "node:child_process"; console.log(execFileSync("openssl",["asn1parse","-inform","DER"],{input:der0,encoding:"utf8"}));
