import { generateKeyPairSync } from 'node:crypto';
import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Registry, Signer } from '../../../adapters/ports/registry.ts';
import type { Canary } from '../../../adapters/ports/replicas.ts';
import { openNotes } from '../../../adapters/notes/file-notes.ts';
import { openEmbeddedRegistry } from '../../../adapters/registry/embedded.ts';
import { noTrust, toSigner, toTrustedKey, type PackageTrust } from '../../../adapters/registry/keys.ts';
import { createModelSlots, type ModelSlots } from '../../../serving/slots/model-slots.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { createModels, model, registerVersion, type Behaviour } from './support.ts';

interface SlotsRig {
  readonly slots: ModelSlots;
  readonly registry: Registry;
  readonly directory: string;
  readonly models: ReturnType<typeof createModels>;
  readonly switches: string[];
  readonly failures: string[];
  readonly openCanary: (opened: Canary | null) => void;
  /** Breaks what the slots read from, until it is called with null. */
  readonly breakRegistry: (reason: string | null) => void;
  /** Slots of a service that knows nothing but what the one before noted. */
  readonly restart: () => ModelSlots;
}

async function openSlots(
  behaviours: readonly Behaviour[],
  trust: PackageTrust = noTrust,
  signers: readonly (Signer | null)[] = [],
): Promise<SlotsRig> {
  const directory = await temporaryFolder();
  for (const [index, behaviour] of behaviours.entries()) {
    const writer = await openEmbeddedRegistry({ directory, trust: { ...noTrust, signer: signers[index] ?? null } });
    await registerVersion(writer, behaviour);
  }
  const registry = await openEmbeddedRegistry({ directory, trust });
  const models = createModels();
  const switches: string[] = [];
  const failures: string[] = [];
  let broken: string | null = null;
  let canary: Canary | null = null;
  const options = {
    model,
    registry: {
      ...registry,
      getAliases: (name: string) => (broken === null ? registry.getAliases(name) : Promise.reject(new Error(broken))),
    },
    memory: openNotes(join(directory, 'followed')),
    loadModel: models.load,
    readFacts: () => Promise.resolve(null),
    onExplainFailure: () => undefined,
    goldenTolerance: 1e-5,
    firstRetryMs: 1,
    readCanary: () => Promise.resolve(canary),
    onSwitch: (from: string | null, to: string | null) => void switches.push(`${from ?? 'none'} → ${to ?? 'none'}`),
    onLoad: () => undefined,
    onFailure: ({ version, reason }: { version: string; reason: string }) =>
      void failures.push(`${version}: ${reason}`),
  } satisfies Parameters<typeof createModelSlots>[0];
  return {
    slots: createModelSlots(options),
    restart: () => createModelSlots(options),
    registry,
    directory,
    models,
    switches,
    failures,
    breakRegistry: (reason) => void (broken = reason),
    openCanary: (opened) => void (canary = opened),
  };
}

const versions = ({ slots }: SlotsRig): (string | null)[] => {
  const { champion, previous, challenger } = slots.current();
  return [champion, previous, challenger].map((held) => held?.version ?? null);
};

describe('the slots of a model', () => {
  it('are empty, without a problem, before the first champion', async () => {
    const rig = await openSlots([]);
    await rig.slots.follow();
    expect(versions(rig)).toEqual([null, null, null]);
    expect(rig.slots.problem()).toBeNull();
  });

  it('load each version once, whatever roles it goes through', async () => {
    const rig = await openSlots([{}, {}]);
    await rig.registry.setAlias(model, 'champion', '1');
    await rig.slots.follow();
    await rig.registry.setAlias(model, 'challenger', '2');
    await rig.slots.follow();
    expect(versions(rig)).toEqual(['1', null, '2']);
    await rig.registry.setAlias(model, 'previous', '1');
    await rig.slots.follow();
    await rig.registry.setAlias(model, 'champion', '2');
    await rig.slots.follow();
    await rig.registry.setAlias(model, 'challenger', null);
    await rig.slots.follow();
    expect(versions(rig)).toEqual(['2', '1', null]);
    await rig.registry.setAlias(model, 'champion', '1');
    await rig.slots.follow();
    expect(versions(rig)).toEqual(['1', '1', null]);
    expect(rig.models.loads).toEqual(['1', '2']);
    expect(rig.switches).toEqual(['none → 1', '1 → 2', '2 → 1']);
  });

  it('let a version go when no alias names it and its last request has finished', async () => {
    const rig = await openSlots([{}, {}]);
    await rig.registry.setAlias(model, 'champion', '1');
    await rig.slots.follow();
    const release = rig.slots.current().champion?.acquire();
    await rig.registry.setAlias(model, 'champion', '2');
    await rig.slots.follow();
    expect(versions(rig)).toEqual(['2', null, null]);
    expect(rig.models.disposals).toEqual([]);
    release?.();
    expect(rig.models.disposals).toEqual(['1']);
    rig.slots.close();
    expect(rig.models.disposals).toEqual(['1', '2']);
  });

  it.each<[string, Behaviour, string]>([
    ['golden predictions differ', { goldenDifference: 0.01 }, 'golden predictions differ by 0.01, 0.00001 is allowed'],
    ['golden predictions are no numbers', { goldenDifference: 'NaN' }, 'golden predictions differ by'],
    ['package does not load', { fails: 'load' }, 'the weights are cut short'],
  ])('keep the champion when the next one’s %s', async (_name, behaviour, reason) => {
    const rig = await openSlots([{}, behaviour]);
    await rig.registry.setAlias(model, 'champion', '1');
    await rig.slots.follow();
    await rig.registry.setAlias(model, 'champion', '2');
    await rig.slots.follow();
    expect(versions(rig)).toEqual(['1', null, null]);
    expect(rig.slots.problem()).toMatch(/^version 2 \(champion\) can't be loaded since 20..-.*: /);
    expect(rig.slots.problem()).toContain(reason);
    expect(rig.slots.problem()).toContain('version 1 keeps serving');
    expect(rig.models.disposals).toEqual(behaviour.fails === 'load' ? [] : ['2']);
  });

  it('keep the champion when the package of the next one was altered, and say which file', async () => {
    const rig = await openSlots([{}, {}]);
    await rig.registry.setAlias(model, 'champion', '1');
    await rig.slots.follow();
    const fetched = await rig.registry.fetchPackage(model, '2');
    await appendFile(join(fetched, 'behaviour.json'), ' ');
    await rig.registry.setAlias(model, 'champion', '2');
    await rig.slots.follow();
    expect(versions(rig)).toEqual(['1', null, null]);
    expect(rig.slots.problem()).toContain('behaviour.json was altered');
    expect(rig.models.loads).toEqual(['1']);
  });

  it('keep the champion when signing is on and the next one is not signed', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const [signer, key] = [toSigner(privateKey), toTrustedKey(publicKey)];
    const rig = await openSlots([{}, {}], { signer: null, trustedKeys: [key] }, [signer, null]);
    await rig.registry.setAlias(model, 'champion', '1');
    await rig.slots.follow();
    await rig.registry.setAlias(model, 'champion', '2');
    await rig.slots.follow();
    expect(versions(rig)).toEqual(['1', null, null]);
    expect(rig.slots.problem()).toContain('electricity version 2 is not signed, and signing is on; sign it');
    expect(rig.slots.problem()).toContain('version 1 keeps serving');
    expect(rig.models.loads).toEqual(['1']);
  });

  it('try a version again that failed, less and less often, and remember since when it fails', async () => {
    const rig = await openSlots([{ fails: 'load' }]);
    await rig.registry.setAlias(model, 'champion', '1');
    await rig.slots.follow();
    const since = rig.slots.problem();
    await rig.slots.follow();
    while (rig.failures.length < 3) {
      await sleep(1);
      await rig.slots.follow();
    }
    expect(rig.slots.problem()).toBe(since);
    expect(since).toContain('nothing is served');
    await rig.registry.setAlias(model, 'champion', null);
    await rig.slots.follow();
    expect(rig.slots.problem()).toBeNull();
  });

  it('hold the champion when a challenger can’t be loaded', async () => {
    const rig = await openSlots([{}, { goldenDifference: 1 }]);
    await rig.registry.setAlias(model, 'champion', '1');
    await rig.registry.setAlias(model, 'challenger', '2');
    await rig.slots.follow();
    expect(versions(rig)).toEqual(['1', null, null]);
    expect(rig.slots.problem()).toContain('version 2 (challenger)');
  });

  it('stay as they are while the registry can’t be read, and say so', async () => {
    const rig = await openSlots([{}]);
    await rig.registry.setAlias(model, 'champion', '1');
    await rig.slots.follow();
    rig.breakRegistry('connection refused');
    await rig.slots.follow();
    expect(versions(rig)).toEqual(['1', null, null]);
    expect(rig.slots.problem()).toMatch(
      /^the registry can't be read since .*: connection refused; version 1 keeps serving$/,
    );
    rig.breakRegistry(null);
    await rig.slots.follow();
    expect(rig.slots.problem()).toBeNull();
  });

  it('are what was followed last when the service is started while the registry can’t be read, and follow it again later', async () => {
    const rig = await openSlots([{}, {}]);
    await rig.registry.setAlias(model, 'champion', '2');
    await rig.registry.setAlias(model, 'previous', '1');
    await rig.slots.follow();
    rig.breakRegistry('connection refused');
    const restarted = rig.restart();
    await restarted.follow();
    expect(versions({ ...rig, slots: restarted })).toEqual(['2', '1', null]);
    expect(restarted.problem()).toMatch(/^the registry can't be read since .*: connection refused; version 2 keeps/);
    rig.breakRegistry(null);
    await rig.registry.setAlias(model, 'champion', '1');
    await restarted.follow();
    expect(versions({ ...rig, slots: restarted })).toEqual(['1', '1', null]);
    expect(restarted.problem()).toBeNull();
  });

  it('are empty when the service is started for the first time while the registry can’t be read', async () => {
    const rig = await openSlots([{}]);
    rig.breakRegistry('connection refused');
    await rig.slots.follow();
    expect(versions(rig)).toEqual([null, null, null]);
    expect(rig.slots.problem()).toMatch(/connection refused; nothing is served$/);
  });

  it('stay as they are when the registry has lost the model', async () => {
    const rig = await openSlots([{}]);
    await rig.registry.setAlias(model, 'champion', '1');
    await rig.slots.follow();
    await rm(join(rig.directory, model), { recursive: true });
    await rig.slots.follow();
    expect(versions(rig)).toEqual(['1', null, null]);
    expect(rig.slots.problem()).toContain('no longer has any version');
  });

  it('are emptied when the champion is taken back', async () => {
    const rig = await openSlots([{}]);
    await rig.registry.setAlias(model, 'champion', '1');
    await rig.slots.follow();
    await rig.registry.setAlias(model, 'champion', null);
    await rig.slots.follow();
    expect(versions(rig)).toEqual([null, null, null]);
    expect(rig.models.disposals).toEqual(['1']);
  });

  it('let a canary be open only while its challenger is loaded and is no champion', async () => {
    const rig = await openSlots([{}, {}]);
    const opened = { version: '2', share: 0.1 };
    rig.openCanary(opened);
    await rig.registry.setAlias(model, 'champion', '1');
    await rig.slots.follow();
    expect(rig.slots.canary()).toBeNull();
    await rig.registry.setAlias(model, 'challenger', '2');
    await rig.slots.follow();
    expect(rig.slots.canary()).toEqual(opened);
    await rig.registry.setAlias(model, 'champion', '2');
    await rig.slots.follow();
    expect(rig.slots.canary()).toBeNull();
    rig.openCanary(null);
    await rig.registry.setAlias(model, 'champion', '1');
    await rig.slots.follow();
    expect(rig.slots.canary()).toBeNull();
  });
});
