/** What a caller of the prediction service may do. `admin` may do all; `read` sees status, metrics and reports. */
export const scopes = ['predict', 'feedback', 'read', 'admin'] as const;

export type Scope = (typeof scopes)[number];
