/** Every way in which the service refuses, with the HTTP status it answers. */
export const statusOfRefusal = {
  'request-invalid': 400,
  'feature-invalid': 400,
  'label-invalid': 400,
  unauthenticated: 401,
  forbidden: 403,
  'route-unknown': 404,
  'model-unknown': 404,
  'version-not-loaded': 404,
  'prediction-unknown': 404,
  'method-unknown': 405,
  'label-contradicts': 409,
  'prediction-removed': 410,
  'body-too-large': 413,
  'not-acceptable': 406,
  'media-type-unsupported': 415,
  'host-unknown': 421,
  'rate-exceeded': 429,
  'headers-too-large': 431,
  'prediction-failed': 500,
  internal: 500,
  'no-champion': 503,
  'log-unavailable': 503,
  'identity-unavailable': 503,
  'audit-unavailable': 503,
  /** Sent with Retry-After. */
  overloaded: 503,
  stopping: 503,
  'settings-unavailable': 503,
  'privacy-key-missing': 503,
} as const;

export type RefusalCode = keyof typeof statusOfRefusal;
