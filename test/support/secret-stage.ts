/** A gateway as a process whose secrets are all known by name, and all services that it calls. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createEmulator } from '../../src/emulator/emulator.ts';
import type { Emulator } from '../../src/emulator/emulator.ts';
import type { TokenWish } from './entra-token-issuer.ts';
import { startEntra } from './entra.ts';
import type { Entra } from './entra.ts';
import { createFolder, startProcess } from './process.ts';
import type { GatewayProcess } from './process.ts';
import { createSecretSearch } from './secret-search.ts';
import type { Output, Place, SecretSearch } from './secret-search.ts';
import { openTap } from './tap.ts';
import type { Tap } from './tap.ts';
import { createVisitor } from './visitor.ts';
import type { Visitor } from './visitor.ts';

export type Variables = Readonly<Record<string, string>>;

/** The parts that exist before the gateway is started. */
export interface StageParts {
  readonly entra: Entra;
  readonly emulator: Emulator;
  readonly secrets: SecretSearch;
  /** The gateway's requests to Graph, and its answers to Graph. */
  readonly graph: Tap;
  readonly notifications: Tap;
  /** Its commands to Redis, if one is configured. */
  readonly redis: Tap;
  /** An empty folder. */
  readonly folder: string;
}

export interface Stage extends StageParts {
  readonly process: GatewayProcess;
  readonly visitor: Visitor;
  /** A user with recorded meetings, and one without. */
  readonly organizer: string;
  readonly stranger: string;
  /** Issues a token to a caller, and registers it as a secret. */
  issue(name: string, wish?: TokenWish): Promise<string>;
  /** The header of a caller who may see everything, with a new token each time. */
  authorization(): Promise<string>;
  /** All outputs so far. */
  outputs(): Output[];
  /** A sentence for each secret in a place that may not have it, or only for those in one place. */
  readonly leaks: (place?: Place) => string[];
  /** Whether the secret with this name has reached a place. */
  hasReached(place: Place, name: string): boolean;
}

export interface StageOptions {
  /** Where the tokens of callers may go. */
  readonly callersMayReach?: readonly Place[];
  /** The variables in addition to those of each gateway. */
  readonly environment: (parts: StageParts) => Variables | Promise<Variables>;
}

const SEALING_KEYS = ['the marked key with which is sealed', 'the marked key of earlier times'].map((text) =>
  Buffer.from(text.padEnd(32, '.').slice(0, 32)),
);

function matches(pattern: RegExp, text: string): string[] {
  return [...text.matchAll(pattern)].map(([, found = '']) => found);
}

/** Adds the secrets that were created only while the gateway ran. */
function addWhatCameUp({ entra, emulator, graph, secrets }: StageParts, heard: readonly Output[]): void {
  for (const token of entra.given) secrets.addToken('a token for Graph', token, ['graph']);
  for (const { form } of entra.requests) {
    const { client_assertion: assertion } = form;
    if (assertion !== undefined) secrets.addToken('an assertion of the application', assertion, ['entra']);
  }
  for (const state of matches(/"clientState":"([^"]+)"/g, graph.sent())) secrets.add('a clientState', state, ['graph']);
  // For a storage host, which is none of the observed places.
  for (const key of matches(/tempauth=(\w+)/g, graph.answered())) secrets.add('the key of a storage host', key);
  for (const { notification } of emulator.deliveries) {
    const [tokens = ''] = matches(/"validationTokens":\[([^\]]*)\]/g, JSON.stringify(notification));
    for (const token of matches(/"([^"]+)"/g, tokens)) secrets.addToken("a validation token of Graph's", token);
  }
  for (const { text } of heard) {
    for (const sealed of matches(/"(?:endCursor|token)":"([^"]+)"/g, text)) {
      secrets.add('what was sealed for a client', sealed, ['client']);
    }
    for (const sealed of matches(/\/content\/([\w-]{60,})/g, text)) {
      secrets.add('a link to content', sealed, ['client']);
    }
  }
}

/** Puts an organizer with recordings into a tenant, and a user without. */
function fill({ emulator, entra }: StageParts): Pick<Stage, 'organizer' | 'stranger'> {
  const { id: organizer } = emulator.addUser({ id: entra.userId });
  const { id: stranger } = emulator.addUser();
  for (const meeting of ['meeting-1', 'meeting-2']) {
    emulator.addMeeting({ id: meeting, organizerId: organizer });
    for (const nth of [1, 2, 3]) emulator.addRecording({ id: `recording-${nth}-of-${meeting}`, meetingId: meeting });
  }
  return { organizer, stranger };
}

async function openParts(): Promise<StageParts> {
  const [entra, emulator, folder, graph, notifications, redis] = await Promise.all([
    startEntra(),
    createEmulator({ tenant: { users: 0, meetings: 0, recordings: 0 }, settings: { pageSize: 2 } }),
    createFolder(),
    openTap(),
    openTap(),
    openTap(),
  ]);
  onTestFinished(() => emulator.close());
  graph.leadTo(Number(new URL(emulator.url).port));
  return { entra, emulator, folder, graph, notifications, redis, secrets: createSecretSearch() };
}

/** Starts all parts; they end with the test. */
export async function openStage({ callersMayReach = [], environment }: StageOptions): Promise<Stage> {
  const parts = await openParts();
  const { entra, folder, graph, notifications, redis, secrets } = parts;
  const certificateAuthority = join(folder, 'authority.pem');
  await writeFile(certificateAuthority, entra.certificateAuthority);
  for (const key of SEALING_KEYS) secrets.add('a sealing key', key);
  const process = await startProcess({
    environment: {
      PORT: '0',
      LOG_LEVEL: 'trace',
      PLAYGROUND: 'false',
      OPERATION_TIMEOUT_MS: '5000',
      DELTA_INTERVAL_MS: '100',
      SEALING_KEYS: SEALING_KEYS.map((key) => key.toString('base64')).join(','),
      GRAPH_BASE_URL: `http://${graph.host}`,
      GRAPH_CA_FILE: certificateAuthority,
      AZURE_AUTHORITY_HOST: entra.authority,
      PUBLIC_URL: `http://${notifications.host}`,
      ...(await environment(parts)),
    },
  });
  const { graphql } = await process.logged('listening');
  const { origin, port } = new URL(String(graphql));
  notifications.leadTo(Number(port));
  const visitor = createVisitor(origin);

  function outputs(): Output[] {
    const { output, errors } = process.written();
    return [
      { place: 'log', name: 'standard output', text: output },
      { place: 'log', name: 'standard error', text: errors },
      { place: 'client', name: 'what the gateway has answered to Graph', text: notifications.answered() },
      { place: 'graph', name: 'what Graph was asked', text: graph.sent() },
      { place: 'entra', name: 'what Entra ID was asked', text: JSON.stringify(entra.requests) },
      { place: 'redis', name: 'what Redis was asked', text: redis.sent() },
      ...visitor.heard(),
    ];
  }

  async function issue(name: string, wish: TokenWish = {}): Promise<string> {
    const claims = { jti: crypto.randomUUID(), ...wish.claims };
    const token = await entra.issue({ ...wish, claims });
    secrets.addToken(name, token, callersMayReach);
    return token;
  }

  return {
    ...parts,
    ...fill(parts),
    process,
    visitor,
    outputs,
    issue,
    authorization: async () =>
      `Bearer ${await issue('the token of somebody with the role', { roles: ['Recordings.Read.All'] })}`,
    leaks(place) {
      addWhatCameUp(parts, visitor.heard());
      return secrets.leaksIn(outputs().filter((output) => place === undefined || output.place === place));
    },
    hasReached(place, name) {
      addWhatCameUp(parts, visitor.heard());
      return outputs().some((output) => output.place === place && secrets.isIn(name, output));
    },
  };
}
