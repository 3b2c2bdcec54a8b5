import { openEmbeddedRegistry } from '../../adapters/registry/embedded.ts';

// Registers versions and moves the champion until it is killed.
const [directory = '', packageDirectory = ''] = process.argv.slice(2);
const registry = await openEmbeddedRegistry({ directory });
for (let count = 0; ; count += 1) {
  const idempotencyKey = `${process.pid}-${count}`;
  const { version } = await registry.register({ model: 'electricity', idempotencyKey, packageDirectory, tags: {} });
  await registry.setAlias('electricity', 'champion', version);
  process.send?.(version);
}
