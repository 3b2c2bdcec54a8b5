import { MlflowError } from '../errors.ts';

/** Where the server takes and gives an artifact's bytes. Throws for places that aren't behind it, and for paths that it would read as another. */
export function artifactUrl(base: string, uri: string): string {
  return `${base}/api/2.0/mlflow-artifacts/artifacts/${encodePath(proxiedPath(base, uri))}`;
}

/** Path below the server's artifact root, of a `mlflow-artifacts:` URI. */
export function proxiedPath(base: string, uri: string): string {
  const match = /^mlflow-artifacts:(?:\/\/([^/]*))?\/*([^]*)$/.exec(uri);
  const [, host = '', path = ''] = match ?? [];
  if (match !== null && (host === '' || host === new URL(base).host)) return checkPath(path);
  const advice =
    'this client moves artifacts through the MLflow server only: start it with --serve-artifacts and --artifacts-destination';
  throw new MlflowError('UNSUPPORTED_ARTIFACT_URI', `the artifacts are at ${uri}, not behind ${base}; ${advice}`);
}

/** The path itself, with slashes. Throws INVALID_PATH for one that leads elsewhere, and for names that MLflow can't keep apart. */
export function checkPath(path: string): string {
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) {
    throw new MlflowError(
      'INVALID_PATH',
      `"${path}" is no path of an artifact: give names with single slashes between`,
    );
  }
  // The server decodes again what was decoded, and refuses what could be a fragment or a drive.
  const odd = /%[\da-f]{2}|[#\\\p{Cc}]/iu.exec(path);
  if (odd === null) return path;
  throw new MlflowError(
    'INVALID_PATH',
    `"${path}" has ${JSON.stringify(odd[0])} in it, which MLflow would read as something else`,
  );
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
