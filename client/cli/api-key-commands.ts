import { join, resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { KeyFile } from '../../adapters/security/key-file.ts';
import type { KeyRecord } from '../../config/access.ts';
import { parseDuration } from '../../config/parse-duration.ts';
import { scopes, type Scope } from '../../config/scopes.ts';
import { defaultHome, loginName } from './target.ts';

interface KeysOptions {
  readonly home: string;
  readonly json: boolean;
  readonly by: string;
}

interface CreateOptions extends KeysOptions {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expires?: number;
}

type Print = (text: string) => void;

/** Of `incumbent keys`: who may ask the prediction service. A running service hears of it within a second. */
export function addApiKeyCommands(keys: Command, print: Print): void {
  addCommon(keys.command('create').description('make an API key of the prediction service; it is shown once'))
    .requiredOption('--name <name>', 'whose it is; to rotate, make a second one of the same name')
    .requiredOption('--scopes <list>', `what it may do: ${scopes.join(', ')}`, readScopes)
    .option('--expires <duration>', 'after which it no longer holds, e.g. 90d (default: never)', readDuration)
    .action(async ({ home, by, json, name, scopes: wanted, expires }: CreateOptions) => {
      const expiresAtMs = expires === undefined ? null : Date.now() + expires;
      const { key, record } = await (await openKeys(home)).create({ name, scopes: wanted, expiresAtMs, by });
      await audit({ home, by }, `created key ${record.id} "${name}" for ${wanted.join(', ')}`);
      print(json ? JSON.stringify({ key, ...withoutHash(record) }) : key);
    });
  addCommon(keys.command('list').description('all API keys, also those that no longer hold')).action(
    async ({ home, json }: KeysOptions) => {
      const records = await (await openKeys(home)).list();
      print(json ? JSON.stringify(records.map(withoutHash), null, 2) : formatKeys(records, Date.now()));
    },
  );
  addCommon(keys.command('revoke').description('let an API key no longer hold'))
    .argument('<id or name>', 'a name stands for all keys of that name')
    .action(async (which: string, { home, by, json }: KeysOptions) => {
      const revoked = await (await openKeys(home)).revoke(which);
      for (const { id, name } of revoked) await audit({ home, by }, `revoked key ${id} "${name}"`);
      print(json ? JSON.stringify(revoked.map(withoutHash)) : `revoked: ${revoked.map(({ id }) => id).join(', ')}`);
    });
}

function addCommon(command: Command): Command {
  return command
    .addOption(new Option('--home <dir>', 'home of the service').default(defaultHome).env('INCUMBENT_HOME'))
    .option('--by <name>', 'who asks; it goes into the audit log', loginName())
    .option('--json', 'print JSON', false);
}

const folderOf = (home: string): string => join(resolve(home), 'security');

async function openKeys(home: string): Promise<KeyFile> {
  const { openKeyFile } = await import('../../adapters/security/key-file.ts');
  return openKeyFile(folderOf(home));
}

async function audit({ home, by }: Pick<KeysOptions, 'home' | 'by'>, what: string): Promise<void> {
  const { openAuditLog } = await import('../../adapters/security/audit-log.ts');
  const log = await openAuditLog(folderOf(home));
  const who = { kind: 'person', id: by, name: by };
  await log.append({ who, from: 'command line', what, result: 'done', requestId: null });
  await log.close();
}

function readScopes(text: string): readonly Scope[] {
  return text.split(',').map((word) => {
    const known = scopes.find((scope) => scope === word.trim());
    if (known !== undefined) return known;
    throw new InvalidArgumentError(`"${word}" is no scope; choose from ${scopes.join(', ')}`);
  });
}

function readDuration(text: string): number {
  const ms = parseDuration(text);
  if (ms !== null && ms > 0) return ms;
  throw new InvalidArgumentError('write a duration, e.g. 12h, 90d or 52w');
}

function withoutHash({ hash: _hash, ...record }: KeyRecord): Omit<KeyRecord, 'hash'> {
  return record;
}

function formatKeys(records: readonly KeyRecord[], nowMs: number): string {
  if (records.length === 0) return 'there is no key: everybody who reaches the service may do anything';
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  return records
    .map(({ id, name, scopes: granted, createdAtMs, expiresAtMs, revokedAtMs }) => {
      const ends = expiresAtMs === null ? 'never expires' : `expires ${day(expiresAtMs)}`;
      const expired = expiresAtMs !== null && expiresAtMs <= nowMs ? 'expired' : ends;
      const state = revokedAtMs === null ? expired : `revoked ${day(revokedAtMs)}`;
      return [id, name.padEnd(20), granted.join(',').padEnd(22), `made ${day(createdAtMs)}`, state].join('  ');
    })
    .join('\n');
}
