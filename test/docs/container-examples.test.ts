/**
 * The examples under config/container: the fields they use are fields that Compose and Kubernetes have (a subset of their
 * schemas, written here from their documents; neither program is asked), and the parts fit each other.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { loadConfiguration } from '../../src/settings/load.ts';
import { schemas } from '../../src/settings/schemas.ts';
import { read } from './pages.ts';

const uid = /^USER (?<uid>\d+):\d+$/m.exec(read('Dockerfile'))?.groups?.['uid'] ?? '';
const texts = z.array(z.string());

const serviceSchema = z.strictObject({
  image: z.string(),
  build: z.string().optional(),
  user: z.string().optional(),
  command: texts.optional(),
  pid: z.string().optional(),
  read_only: z.literal(true),
  cap_drop: z.tuple([z.literal('ALL')]),
  security_opt: z.tuple([z.literal('no-new-privileges:true')]),
  sysctls: z.record(z.string(), z.string()).optional(),
  tmpfs: texts,
  ports: texts.optional(),
  volumes: texts,
  secrets: texts.optional(),
  stop_grace_period: z
    .string()
    .regex(/^\d+s$/)
    .optional(),
  restart: z.literal('unless-stopped'),
});
const composeSchema = z.strictObject({
  services: z.record(z.string(), serviceSchema),
  volumes: z.record(z.string(), z.strictObject({})),
  secrets: z.record(z.string(), z.strictObject({ file: z.string() })),
});

const accessSchema = z.tuple([z.literal('ReadWriteOnce')]);
const claimSchema = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('PersistentVolumeClaim'),
  metadata: z.strictObject({ name: z.string() }),
  spec: z.strictObject({
    accessModes: accessSchema,
    resources: z.strictObject({ requests: z.strictObject({ storage: z.string() }) }),
  }),
});
const probeSchema = z.strictObject({
  httpGet: z.strictObject({ path: z.string(), port: z.string() }),
  periodSeconds: z.int(),
  failureThreshold: z.int(),
});
const containerSchema = z.strictObject({
  name: z.string(),
  image: z.string(),
  command: texts.optional(),
  securityContext: z.strictObject({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
    capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
  }),
  ports: z.array(z.strictObject({ name: z.string(), containerPort: z.int() })),
  startupProbe: probeSchema.optional(),
  livenessProbe: probeSchema.optional(),
  resources: z
    .strictObject({
      requests: z.record(z.enum(['cpu', 'memory']), z.string()),
      limits: z.strictObject({ memory: z.string() }),
    })
    .optional(),
  volumeMounts: z.array(
    z.strictObject({
      name: z.string(),
      mountPath: z.string().startsWith('/'),
      readOnly: z.boolean().optional(),
      subPath: z.string().optional(),
    }),
  ),
});
const volumeSchema = z.union([
  z.strictObject({ name: z.string(), configMap: z.strictObject({ name: z.string() }) }),
  z.strictObject({
    name: z.string(),
    secret: z.strictObject({ secretName: z.string(), defaultMode: z.int().max(0o777) }),
  }),
  z.strictObject({ name: z.string(), persistentVolumeClaim: z.strictObject({ claimName: z.string() }) }),
  z.strictObject({ name: z.string(), emptyDir: z.strictObject({ medium: z.literal('Memory').optional() }) }),
]);
const setSchema = z.strictObject({
  apiVersion: z.literal('apps/v1'),
  kind: z.literal('StatefulSet'),
  metadata: z.strictObject({ name: z.string() }),
  spec: z.strictObject({
    replicas: z.literal(1),
    serviceName: z.string(),
    selector: z.strictObject({ matchLabels: z.record(z.string(), z.string()) }),
    template: z.strictObject({
      metadata: z.strictObject({
        labels: z.record(z.string(), z.string()),
        annotations: z.record(z.string(), z.string()),
      }),
      spec: z.strictObject({
        shareProcessNamespace: z.literal(true),
        automountServiceAccountToken: z.literal(false),
        terminationGracePeriodSeconds: z.int(),
        securityContext: z.strictObject({
          runAsNonRoot: z.literal(true),
          runAsUser: z.int(),
          runAsGroup: z.int(),
          fsGroup: z.int(),
          seccompProfile: z.strictObject({ type: z.literal('RuntimeDefault') }),
          sysctls: z.array(z.strictObject({ name: z.string(), value: z.string() })),
        }),
        containers: z.array(containerSchema),
        volumes: z.array(volumeSchema),
      }),
    }),
  }),
});

test('compose.yaml: known fields, volumes and secrets that exist, one user', () => {
  const { services, volumes, secrets } = composeSchema.parse(parse(read('config/container/compose.yaml')));
  for (const [name, service] of Object.entries(services)) {
    const sources = service.volumes.map((volume) => volume.split(':')[0] ?? '');
    const lost = sources.filter((source) => !source.startsWith('./') && !Object.hasOwn(volumes, source));
    expect(lost, name).toEqual([]);
    expect(
      (service.secrets ?? []).filter((secret) => !Object.hasOwn(secrets, secret)),
      name,
    ).toEqual([]);
    // The image brings renewd's own.
    expect(service.user ?? `${uid}:${uid}`, name).toBe(`${uid}:${uid}`);
    for (const source of sources.filter((one) => one.startsWith('./')))
      expect(() => read(`config/container/${source}`), source).not.toThrow();
  }
  expect(services['renewd']?.pid).toBe('service:nginx');
});

test('kubernetes.yaml: known fields, volumes and claims that exist, one user', () => {
  const documents = parseAllDocuments(read('config/container/kubernetes.yaml'));
  const objects = documents.map((document) => {
    if (!('errors' in document)) throw new Error('there is no document');
    expect([...document.errors, ...document.warnings]).toEqual([]);
    return z.union([claimSchema, setSchema]).parse(document.toJS());
  });
  const claims = objects.flatMap((one) => (one.kind === 'PersistentVolumeClaim' ? [one.metadata.name] : []));
  const sets = objects.flatMap((one) => (one.kind === 'StatefulSet' ? [one.spec] : []));
  expect(sets).toHaveLength(1);
  for (const { selector, template } of sets) {
    expect(template.metadata.labels).toMatchObject(selector.matchLabels);
    const { containers, volumes, securityContext } = template.spec;
    expect(String(securityContext.runAsUser)).toBe(uid);
    const names = volumes.map(({ name }) => name);
    const mounted = containers.flatMap(({ volumeMounts }) => volumeMounts.map(({ name }) => name));
    expect(new Set(mounted)).toEqual(new Set(names));
    const claimed = volumes.flatMap((one) =>
      'persistentVolumeClaim' in one ? [one.persistentVolumeClaim.claimName] : [],
    );
    expect(new Set(claimed)).toEqual(new Set(claims));
  }
});

test('renewd.yaml is accepted, and reloads what the servers beside it keep there', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'renewd-examples-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, 'renewd.yaml');
  writeFileSync(path, read('config/container/renewd.yaml'));
  const { configuration, diagnostics } = await loadConfiguration(path, {
    schemas,
    env: {},
    readSecrets: false,
  });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const targets = configuration?.certificates.flatMap(({ deploy }) => deploy) ?? [];
  const socket = '/run/shared/haproxy.sock';
  const pidFile = '/run/shared/nginx.pid';
  expect(targets.map(({ reload }) => reload)).toEqual([{ signal: 'HUP', pidFile }, { haproxy: socket }]);
  const nginx = read('config/container/nginx.conf');
  expect(nginx).toContain(`pid ${pidFile};`);
  expect(nginx).toContain(`${targets[0]?.directory ?? ''}/fullchain.pem;`);
  expect(read('config/container/haproxy.cfg')).toContain(`crt ${targets[1]?.directory ?? ''}/combined.pem`);
  expect(read('config/container/compose.yaml')).toContain(`${socket},mode,660`);
});
