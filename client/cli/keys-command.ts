import { Option, type Command } from 'commander';
import { addApiKeyCommands } from './api-key-commands.ts';
import { defaultHome } from './target.ts';

/** `incumbent keys`: API keys, and with `new` a pair of keys to sign model packages with. */
export function addKeysCommand(program: Command, print: (text: string) => void): void {
  const keys = program.command('keys').description('API keys of the prediction service; keys that sign model packages');
  addApiKeyCommands(keys, print);
  keys
    .command('new')
    .description('make an ed25519 pair that signs packages; the private half signs what a worker registers')
    .argument('<dir>', 'folder for incumbent-signing.key and incumbent-signing.pub; made where it is not there')
    .action(async (directory: string) => {
      const { makeKeyPair } = await import('../../adapters/registry/make-key-pair.ts');
      const { keyId, privateFile, publicFile } = await makeKeyPair(directory);
      print(
        [
          `made the key ${keyId}`,
          `  workers:             INCUMBENT_SIGNING_KEY=${privateFile}`,
          `  workers and service: INCUMBENT_TRUSTED_KEYS=${publicFile}`,
          'With INCUMBENT_TRUSTED_KEYS set, a package that none of its keys has signed is refused; `incumbent keys sign` signs what was registered before.',
        ].join('\n'),
      );
    });
  keys
    .command('sign')
    .description('sign versions that were registered before signing was on, or with a key that is to be replaced')
    .argument('<model>', 'name of the model')
    .argument('<versions...>', 'their numbers')
    .requiredOption('--key <file>', 'private half of the key')
    .addOption(new Option('--home <dir>', 'home directory').default(defaultHome).env('INCUMBENT_HOME'))
    .action(async (model: string, versions: readonly string[], { key, home }: { key: string; home: string }) => {
      const { noTrust, readSigner } = await import('../../adapters/registry/keys.ts');
      const { openHomeRegistry } = await import('../home-registry.ts');
      const signer = await readSigner(key);
      const registry = await openHomeRegistry(home, noTrust);
      for (const version of versions) {
        await registry.signVersion(model, version, signer);
        print(`signed ${model} version ${version} with the key ${signer.keyId}`);
      }
    });
}
