import { describe, expect, it } from 'vitest';
import { defaultPollMs } from '../../../adapters/registry/open-registry.ts';
import { readEnvironment } from '../../../config/environment.ts';
import { readMlflowEnvironment } from '../../../config/mlflow-environment.ts';

const at = { MLFLOW_TRACKING_URI: 'http://127.0.0.1:5000' };

describe('the variables of MLflow', () => {
  it.each([[{}], [{ MLFLOW_TRACKING_URI: '' }], [{ MLFLOW_TRACKING_USERNAME: 'ada', MLFLOW_TRACKING_PASSWORD: 'x' }]])(
    'choose no server where they name none: %j',
    (variables) => {
      expect(readMlflowEnvironment(variables)).toBeNull();
    },
  );

  it('name a server, and a prefix for what several installations have there', () => {
    expect(readMlflowEnvironment({ ...at, INCUMBENT_MLFLOW_PREFIX: 'team-a.' })).toEqual({
      trackingUri: at.MLFLOW_TRACKING_URI,
      auth: { kind: 'none' },
      prefix: 'team-a.',
    });
    expect(readMlflowEnvironment({ ...at, INCUMBENT_MLFLOW_PREFIX: '' })?.prefix).toBe('');
  });

  it('say who asks, as to MLflow itself: a token counts where no user is named', () => {
    const basic = { MLFLOW_TRACKING_USERNAME: 'ada', MLFLOW_TRACKING_PASSWORD: 'l0ve' };
    const bearer = { MLFLOW_TRACKING_TOKEN: 't0' };
    const authOf = (variables: Record<string, string>) => readMlflowEnvironment({ ...at, ...variables })?.auth;
    expect(authOf(basic)).toEqual({ kind: 'basic', username: 'ada', password: 'l0ve' });
    expect(authOf(bearer)).toEqual({ kind: 'bearer', token: 't0' });
    expect(authOf({ ...basic, ...bearer })).toMatchObject({ kind: 'basic' });
    expect(authOf({ ...bearer, MLFLOW_TRACKING_USERNAME: '', MLFLOW_TRACKING_PASSWORD: '' })).toMatchObject({
      kind: 'bearer',
    });
  });

  it.each([
    ['ftp://mlflow', 'MLFLOW_TRACKING_URI is "ftp://mlflow": give the http or https address of an MLflow server'],
    ['mlruns', 'MLFLOW_TRACKING_URI is "mlruns": give the http or https address'],
    ['sqlite:///mlflow.db', 'MLFLOW_TRACKING_URI is "sqlite:///mlflow.db"'],
  ])('are refused by name where the address is %s', (uri, message) => {
    expect(() => readMlflowEnvironment({ MLFLOW_TRACKING_URI: uri })).toThrow(message);
  });

  it('are refused by name where the prefix would not do for a name', () => {
    expect(() => readMlflowEnvironment({ ...at, INCUMBENT_MLFLOW_PREFIX: 'a/b' })).toThrow(
      'INCUMBENT_MLFLOW_PREFIX is "a/b": letters, digits, - _ and . only',
    );
  });

  it('are refused where half of the credentials is missing, without the other half in the error', () => {
    const refusal = (variables: Record<string, string>): string => {
      try {
        return JSON.stringify(readMlflowEnvironment({ ...at, ...variables }));
      } catch (error) {
        return String(error);
      }
    };
    expect(refusal({ MLFLOW_TRACKING_USERNAME: 'ada' })).toContain('MLFLOW_TRACKING_PASSWORD is not set');
    const said = refusal({ MLFLOW_TRACKING_PASSWORD: 's3cret' });
    expect(said).toContain('MLFLOW_TRACKING_USERNAME is not set');
    expect(said).not.toContain('s3cret');
  });
});

it('a service looks at MLflow once a second and at files five times, unless INCUMBENT_POLL_MS says otherwise', () => {
  expect([defaultPollMs(readMlflowEnvironment(at)), defaultPollMs(null)]).toEqual([1_000, 200]);
  expect(readEnvironment({}).pollMs).toBeNull();
  expect(readEnvironment({ INCUMBENT_POLL_MS: '50' }).pollMs).toBe(50);
});
