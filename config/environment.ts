import { hostname } from 'node:os';
import { z } from 'zod';

/** Unset and empty are the same: shells and compose files leave empty variables behind. */
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema);

/** Files between commas. A gap is refused: what was meant to be there must not be left out silently. */
const fileList = z
  .string()
  .transform((text) => text.split(',').map((path) => path.trim()))
  .refine((paths) => paths.every((path) => path !== ''), 'files between commas, none of them empty');

const environmentSchema = z.object({
  INCUMBENT_HOME: optional(z.string().default('.incumbent')),
  INCUMBENT_LOG_FORMAT: optional(z.enum(['json', 'pretty']).default('json')),
  INCUMBENT_LOG_LEVEL: optional(z.enum(['error', 'warn', 'info', 'debug']).default('info')),
  INCUMBENT_REPLICA_ID: optional(
    z
      .string()
      .regex(/^[\w-]{1,60}$/, 'letters, digits, - and _ only')
      .optional(),
  ),
  INCUMBENT_MODELS: optional(z.string().optional()),
  INCUMBENT_SIGNING_KEY: optional(z.string().optional()),
  INCUMBENT_TRUSTED_KEYS: optional(fileList.optional()),
  INCUMBENT_LOG_DURABILITY: optional(z.enum(['durable', 'fast']).default('durable')),
  INCUMBENT_LOG_ROTATE_MINUTES: optional(z.coerce.number().gt(0).max(1_440).default(60)),
  INCUMBENT_METRICS_ADDRESS: optional(
    z
      .string()
      .regex(/^[^:\s]+:\d{1,5}$/, 'write host:port, e.g. 127.0.0.1:9464')
      .optional(),
  ),
  INCUMBENT_EXAMPLES_MB: optional(z.coerce.number().min(1).optional()),
  INCUMBENT_PRIVACY_KEY: optional(z.string().min(16, 'write 16 characters or more').optional()),
  INCUMBENT_POLL_MS: optional(z.coerce.number().int().min(10).optional()),
  INCUMBENT_TEMPORAL_UI: optional(z.url({ protocol: /^https?$/ }).optional()),
  HOST: optional(z.string().default('127.0.0.1')),
  PORT: optional(z.coerce.number().int().min(0).max(65_535).default(0)),
});

export interface Environment {
  /** Folder of everything that must outlive a process. */
  readonly home: string;
  readonly logFormat: 'json' | 'pretty';
  readonly logLevel: 'error' | 'warn' | 'info' | 'debug';
  readonly replicaId: string;
  /** Models to serve; null: all that the registry knows. */
  readonly models: readonly string[] | null;
  /** File of the private key that signs what is registered; null signs nothing. */
  readonly signingKey: string | null;
  /** Files of the public keys whose signatures count; with any of them, what is not signed is refused. */
  readonly trustedKeys: readonly string[];
  /** host:port at which a worker shows metrics to Prometheus; null: nowhere. The service has /metrics. */
  readonly metricsAddress: string | null;
  /** Examples of a training up to this size are held in memory, larger ones are streamed; null: as suits the machine. */
  readonly examplesMb: number | null;
  /** How often a service looks at its registry; null: as often as suits the registry. */
  readonly pollMs: number | null;
  /** Key of the hashes that stand in for values which nobody may see; null: none are made. */
  readonly privacyKey: string | null;
  /** When a prediction counts as logged: when it is on disk, or when the operating system has it. */
  readonly logDurability: 'durable' | 'fast';
  /** Age at which a segment of the log becomes a Parquet file. */
  readonly logRotateMs: number;
  /** Base URL of Temporal's Web UI, for links in reports; null: they name workflows without. */
  readonly temporalUi: string | null;
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
}

/** Reads and checks the environment once. Throws an Error that names every variable that is wrong. */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>> = process.env): Environment {
  const parsed = environmentSchema.safeParse(variables);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => {
      const name = String(path[0]);
      return `${name} is "${variables[name] ?? ''}": ${message}`;
    });
    throw new Error(`the environment is wrong: ${problems.join('; ')}`);
  }
  const { data } = parsed;
  return {
    home: data.INCUMBENT_HOME,
    logFormat: data.INCUMBENT_LOG_FORMAT,
    logLevel: data.INCUMBENT_LOG_LEVEL,
    replicaId: data.INCUMBENT_REPLICA_ID ?? `${hostname().replaceAll(/[^\w-]/g, '-')}-${process.pid}`,
    models: data.INCUMBENT_MODELS?.split(',').map((name) => name.trim()) ?? null,
    signingKey: data.INCUMBENT_SIGNING_KEY ?? null,
    trustedKeys: data.INCUMBENT_TRUSTED_KEYS ?? [],
    metricsAddress: data.INCUMBENT_METRICS_ADDRESS ?? null,
    examplesMb: data.INCUMBENT_EXAMPLES_MB ?? null,
    pollMs: data.INCUMBENT_POLL_MS ?? null,
    privacyKey: data.INCUMBENT_PRIVACY_KEY ?? null,
    logDurability: data.INCUMBENT_LOG_DURABILITY,
    logRotateMs: data.INCUMBENT_LOG_ROTATE_MINUTES * 60_000,
    temporalUi: data.INCUMBENT_TEMPORAL_UI?.replace(/\/+$/, '') ?? null,
    host: data.HOST,
    port: data.PORT,
  };
}
