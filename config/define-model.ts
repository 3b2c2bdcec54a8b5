import type { ModelConfig } from './model-schema.ts';

/** Gives a model project's default export its type; the checking happens when the project is loaded. */
export function defineModel(config: ModelConfig): ModelConfig {
  return config;
}
