import { z } from 'zod';

/** Where MLflow is, and who asks. */
export interface MlflowAddress {
  readonly trackingUri: string;
  readonly auth:
    | { readonly kind: 'none' }
    | { readonly kind: 'basic'; readonly username: string; readonly password: string }
    | { readonly kind: 'bearer'; readonly token: string };
  /** Goes before the name of every model and experiment there. */
  readonly prefix: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

const schema = z.object({
  MLFLOW_TRACKING_URI: z
    .url({
      protocol: /^https?$/,
      error: 'give the http or https address of an MLflow server, e.g. http://127.0.0.1:5000',
    })
    .optional(),
  MLFLOW_TRACKING_USERNAME: z.string().optional(),
  MLFLOW_TRACKING_PASSWORD: z.string().optional(),
  MLFLOW_TRACKING_TOKEN: z.string().optional(),
  INCUMBENT_MLFLOW_PREFIX: z
    .string()
    .regex(/^[\w.-]{1,100}$/, 'letters, digits, - _ and . only')
    .default(''),
});

/** MLflow's own variables choose it. Null where MLFLOW_TRACKING_URI is not set. Throws an Error that names what is wrong; values of secrets are not shown. */
export function readMlflowEnvironment(variables: Variables = process.env): MlflowAddress | null {
  const given = Object.fromEntries(Object.keys(schema.shape).map((name) => [name, variables[name] || undefined]));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => {
      const name = String(path[0]);
      return `${name} is "${variables[name] ?? ''}": ${message}`;
    });
    throw new Error(`the environment is wrong: ${problems.join('; ')}`);
  }
  const { MLFLOW_TRACKING_URI: trackingUri, INCUMBENT_MLFLOW_PREFIX: prefix } = parsed.data;
  return trackingUri === undefined ? null : { trackingUri, prefix, auth: readAuth(parsed.data) };
}

/** As MLflow's own client does: a token counts only where no user is named. */
function readAuth(data: z.output<typeof schema>): MlflowAddress['auth'] {
  const { MLFLOW_TRACKING_USERNAME: username, MLFLOW_TRACKING_PASSWORD: password, MLFLOW_TRACKING_TOKEN: token } = data;
  if (username !== undefined && password !== undefined) return { kind: 'basic', username, password };
  if (username !== undefined || password !== undefined) {
    const missing = username === undefined ? 'MLFLOW_TRACKING_USERNAME' : 'MLFLOW_TRACKING_PASSWORD';
    throw new Error(
      `the environment is wrong: ${missing} is not set, and the other of the two is: set both or neither`,
    );
  }
  return token === undefined ? { kind: 'none' } : { kind: 'bearer', token };
}
