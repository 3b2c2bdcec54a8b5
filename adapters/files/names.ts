const modelName = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** True for names that may become a folder: no separators, no dots, no surprises. */
export function isModelName(name: string): boolean {
  return modelName.test(name);
}
