import { z } from 'zod';

const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema);
const text = optional(z.string().optional());
const positive = optional(z.coerce.number().positive().optional());

const schema = z
  .object({
    INCUMBENT_AUTH: optional(z.enum(['auto', 'none', 'keys', 'jwt', 'keys,jwt']).default('auto')),
    INCUMBENT_JWT_JWKS: text,
    INCUMBENT_JWT_ISSUER: text,
    INCUMBENT_JWT_AUDIENCE: text,
    INCUMBENT_TLS_CERT: text,
    INCUMBENT_TLS_KEY: text,
    INCUMBENT_RATE_PER_SECOND: positive,
    INCUMBENT_RATE_BURST: positive,
    INCUMBENT_BODY_LIMIT_BYTES: optional(
      z.coerce
        .number()
        .int()
        .min(1_024)
        .default(16 * 1024 * 1024),
    ),
    INCUMBENT_TRUSTED_PROXIES: text,
    INCUMBENT_ALLOWED_HOSTS: text,
    INCUMBENT_MAX_IN_FLIGHT: optional(z.coerce.number().int().min(1).default(512)),
    INCUMBENT_MAX_DELAY_MS: optional(z.coerce.number().min(1).default(200)),
    SERVING_WORKERS: optional(z.coerce.number().int().min(1).max(64).default(1)),
    INCUMBENT_DRAIN_MS: optional(z.coerce.number().int().min(0).max(600_000).default(0)),
  })
  .superRefine((variables, context) => {
    const say = (name: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [name], message, input: variables });
    const jwt = ['INCUMBENT_JWT_JWKS', 'INCUMBENT_JWT_ISSUER', 'INCUMBENT_JWT_AUDIENCE'] as const;
    if (variables.INCUMBENT_AUTH.includes('jwt')) {
      for (const name of jwt) if (variables[name] === undefined) say(name, 'INCUMBENT_AUTH asks for tokens: set it');
    }
    if (variables.INCUMBENT_TLS_CERT !== undefined && variables.INCUMBENT_TLS_KEY === undefined) {
      say('INCUMBENT_TLS_KEY', 'INCUMBENT_TLS_CERT is set: set both, or none');
    }
    if (variables.INCUMBENT_TLS_KEY !== undefined && variables.INCUMBENT_TLS_CERT === undefined) {
      say('INCUMBENT_TLS_CERT', 'INCUMBENT_TLS_KEY is set: set both, or none');
    }
    if (variables.INCUMBENT_RATE_BURST !== undefined && variables.INCUMBENT_RATE_PER_SECOND === undefined) {
      say('INCUMBENT_RATE_PER_SECOND', 'INCUMBENT_RATE_BURST is set: set both, or none');
    }
  });

/** How the prediction service is protected. */
export interface ServiceEnvironment {
  /** `auto` asks for keys once the home has one. */
  readonly auth: { readonly mode: 'auto' | 'none' | 'required'; readonly keys: boolean };
  /** Null where tokens are not taken. */
  readonly jwt: { readonly jwks: string; readonly issuer: string; readonly audience: string } | null;
  readonly tls: { readonly certPath: string; readonly keyPath: string } | null;
  /** Per key, or per address where no key is asked for. Null: no limit. */
  readonly rate: { readonly perSecond: number; readonly burst: number } | null;
  readonly bodyLimitBytes: number;
  /** Addresses whose `x-forwarded-for` is believed. */
  readonly trustedProxies: readonly string[];
  /** Names by which the service may be called while it asks nobody for a key, beside those of loopback. */
  readonly allowedHosts: readonly string[];
  /** Requests at work at once, and the delay of the event loop, beyond which more are turned away. */
  readonly load: { readonly maxInFlight: number; readonly maxDelayMs: number };
  /** How long probes see that the service is about to stop before it does. */
  readonly drainMs: number;
  /** Processes that share the port. */
  readonly workers: number;
}

/** Throws an Error that names every variable that is wrong. */
export function readServiceEnvironment(
  variables: Readonly<Record<string, string | undefined>> = process.env,
): ServiceEnvironment {
  const parsed = schema.safeParse(variables);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => {
      const name = String(path[0]);
      return `${name} is "${variables[name] ?? ''}": ${message}`;
    });
    throw new Error(`the environment is wrong: ${problems.join('; ')}`);
  }
  return toServiceEnvironment(parsed.data);
}

function toServiceEnvironment(data: z.infer<typeof schema>): ServiceEnvironment {
  const { INCUMBENT_AUTH: auth, INCUMBENT_RATE_PER_SECOND: perSecond } = data;
  const { INCUMBENT_TLS_CERT: certPath, INCUMBENT_TLS_KEY: keyPath } = data;
  const {
    INCUMBENT_JWT_JWKS: jwks = '',
    INCUMBENT_JWT_ISSUER: issuer = '',
    INCUMBENT_JWT_AUDIENCE: audience = '',
  } = data;
  return {
    auth: { mode: auth === 'auto' || auth === 'none' ? auth : 'required', keys: auth !== 'none' && auth !== 'jwt' },
    jwt: auth.includes('jwt') ? { jwks, issuer, audience } : null,
    tls: certPath === undefined || keyPath === undefined ? null : { certPath, keyPath },
    rate: perSecond === undefined ? null : { perSecond, burst: data.INCUMBENT_RATE_BURST ?? Math.max(1, perSecond) },
    bodyLimitBytes: data.INCUMBENT_BODY_LIMIT_BYTES,
    trustedProxies: readList(data.INCUMBENT_TRUSTED_PROXIES),
    allowedHosts: readList(data.INCUMBENT_ALLOWED_HOSTS),
    load: { maxInFlight: data.INCUMBENT_MAX_IN_FLIGHT, maxDelayMs: data.INCUMBENT_MAX_DELAY_MS },
    drainMs: data.INCUMBENT_DRAIN_MS,
    workers: data.SERVING_WORKERS,
  };
}

function readList(items = ''): readonly string[] {
  return items
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
