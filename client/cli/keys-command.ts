import type { Command } from 'commander';
import { makeKeyPair } from '../../adapters/registry/make-key-pair.ts';
import { addApiKeyCommands } from './api-key-commands.ts';

/** `incumbent keys`: API keys, and with `new` a pair of keys to sign model packages with. */
export function addKeysCommand(program: Command, print: (text: string) => void): void {
  const keys = program.command('keys').description('API keys of the prediction service; keys that sign model packages');
  addApiKeyCommands(keys, print);
  keys
    .command('new')
    .description('make an ed25519 pair that signs packages; the private half signs what a worker registers')
    .argument('<dir>', 'folder for incumbent-signing.key and incumbent-signing.pub; made where it is not there')
    .action(async (directory: string) => {
      const { keyId, privateFile, publicFile } = await makeKeyPair(directory);
      print(
        [
          `made the key ${keyId}`,
          `  workers:             INCUMBENT_SIGNING_KEY=${privateFile}`,
          `  workers and service: INCUMBENT_TRUSTED_KEYS=${publicFile}`,
          'With INCUMBENT_TRUSTED_KEYS set, a package that none of its keys has signed is refused, also one registered before.',
        ].join('\n'),
      );
    });
}
