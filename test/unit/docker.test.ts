import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

interface Service {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: object;
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const folder = fileURLToPath(new URL('../../temporal-docker', import.meta.url));
const root = dirname(folder);
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const compose = parse(read('compose.yaml'), { merge: true }) as Compose;
const services = Object.entries(compose.services);
const dockerfile = read('Dockerfile');

/** The Compose Specification's own schema, as the linter dclint carries it. */
function composeValidator() {
  const entry = createRequire(import.meta.url).resolve('dclint/package.json');
  const schema = JSON.parse(readFileSync(join(dirname(entry), 'schemas/compose.schema.json'), 'utf8')) as object;
  const ajv = new Ajv({ strict: false, allErrors: true, formats: { duration: true, subnet_ip_address: true } });
  const { $schema: _, ...rest } = schema as { $schema?: string };
  return ajv.compile(rest);
}

/** Puts in each variable's default, as Compose does when neither the shell nor .env names it. */
const withDefaults = (text: string): string => text.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');

describe('compose.yaml', () => {
  const validate = composeValidator();

  it("is valid by the Compose Specification's schema", () => {
    expect(validate(compose), JSON.stringify(validate.errors)).toBe(true);
  });

  it.each([
    ['a key that Compose does not know', { services: { a: { image: 'a', comand: 'b' } } }],
    ['a restart policy with the wrong type', { services: { a: { image: 'a', restart: true } } }],
    ['a health check with an unknown key', { services: { a: { image: 'a', healthcheck: { tests: 'b' } } } }],
  ])('would not be with %s', (_, broken) => {
    expect(validate(broken)).toBe(false);
  });

  it('has Temporal on PostgreSQL, its Web UI, MLflow, workers and the prediction service', () => {
    const images = services.map(([, { image = '' }]) => withDefaults(image).split(':')[0]);
    expect(images).toEqual(
      expect.arrayContaining(['postgres', 'temporalio/server', 'temporalio/ui', 'ghcr.io/mlflow/mlflow', 'incumbent']),
    );
    expect(Object.keys(compose.services)).toEqual(
      expect.arrayContaining(['worker-control', 'worker-training', 'prediction-service']),
    );
  });

  it('gives every variable a default, the same as .env', () => {
    const settings = Object.fromEntries(
      read('.env')
        .split('\n')
        .filter((line) => /^\w+=/.test(line))
        .map((line) => line.split('=', 2)),
    ) as Record<string, string>;
    const variables = [...read('compose.yaml').matchAll(/\$\{(\w+)([^}]*)\}/g)];
    expect(variables.length).toBeGreaterThan(0);
    for (const [, name = '', fallback] of variables) expect(`${name}${fallback}`).toBe(`${name}:-${settings[name]}`);
  });

  it.each(services)(
    '%s waits only for services that are there, healthy only where there is a health check',
    (_, service) => {
      for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
        expect(compose.services[name], name).toBeDefined();
        if (condition === 'service_healthy') expect(compose.services[name]?.healthcheck, name).toBeDefined();
      }
    },
  );

  it.each(services)('%s mounts files and volumes that are there', (_, service) => {
    for (const volume of service.volumes ?? []) {
      const [source = ''] = withDefaults(volume).split(':');
      if (source.startsWith('.')) expect(existsSync(resolve(folder, source)), source).toBe(true);
      else expect(Object.keys(compose.volumes)).toContain(source);
    }
  });

  it.each(services)('%s is reached from this machine only', (_, service) => {
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it.each(services.filter(([, { image }]) => image === 'incumbent'))('%s runs a file of the project', (_, service) => {
    const { command = [], build } = service;
    const file = command.find((word) => word.endsWith('.ts')) ?? '';
    expect(existsSync(join(root, file)), file).toBe(true);
    expect(existsSync(resolve(folder, build?.context ?? '', build?.dockerfile ?? ''))).toBe(true);
  });
});

describe('the Dockerfile', () => {
  const copies = [...dockerfile.matchAll(/^COPY (?!--from)(.+)$/gm)].map(([, words = '']) =>
    words.split(' ').slice(0, -1),
  );

  it('copies only what is there, and what the build context holds', () => {
    const context = read('Dockerfile.dockerignore').split('\n');
    for (const source of copies.flat()) {
      expect(existsSync(join(root, source)), source).toBe(true);
      expect(
        context.some((line) => line.startsWith('!') && source.startsWith(line.slice(1))),
        source,
      ).toBe(true);
    }
  });

  it('copies every room that the workers and the service import', () => {
    const rooms = ['activities', 'adapters', 'config', 'domain', 'serving', 'worker', 'workflows', 'worker.ts'];
    expect(copies.flat()).toEqual(expect.arrayContaining(rooms));
  });

  it('runs on slim Debian, and not as root', () => {
    const lastStage = dockerfile.slice(dockerfile.lastIndexOf('FROM '));
    expect(lastStage).toMatch(/^FROM node:22-bookworm-slim$/m);
    expect(lastStage).toMatch(/^USER node$/m);
  });
});
