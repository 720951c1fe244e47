/** The emulator: wires tenant, endpoints, faults and controls together behind two HTTP servers. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createControlPlane } from './control.ts';
import type { Controls } from './control.ts';
import { createCallRecordings } from './endpoints/call-recording.ts';
import { createContent } from './endpoints/content.ts';
import { createDelta } from './endpoints/delta.ts';
import { createOnlineMeetings } from './endpoints/online-meeting.ts';
import { createUsers } from './endpoints/user.ts';
import { createFaults } from './faults/faults.ts';
import { createHolds } from './faults/hold.ts';
import { createRateLimit } from './faults/rate-limit.ts';
import { notFound } from './graph-error.ts';
import { json } from './http/exchange.ts';
import { createRequestLog } from './http/request-log.ts';
import { createGraphServer } from './http/server.ts';
import { createRecordingNotifications } from './notifications/recording-notification.ts';
import { createSubscriptions } from './notifications/subscriptions.ts';
import { createValidationTokens, keysPath } from './notifications/validation-token.ts';
import { createGraph } from './routes.ts';
import { answerOrRefuse, createService } from './service.ts';
import type { Serve } from './service.ts';
import { createSettings } from './settings.ts';
import type { Settings } from './settings.ts';
import { fill, fillDemo } from './tenant/generation.ts';
import type { TenantSize } from './tenant/generation.ts';
import { enliven } from './tenant/liveliness.ts';
import { createTenant } from './tenant/tenant.ts';

export interface EmulatorOptions {
  /** 0, the default, lets the system choose. */
  readonly port?: number;
  /** The address to listen on; 127.0.0.1 when left out. */
  readonly host?: string;
  /** Whether the emulator can be set up over HTTP, below `/emulator/`. */
  readonly control?: boolean;
  /** What the tenant holds: the demo, which is the default, or the given numbers of invented resources. */
  readonly tenant?: TenantSize | 'demo';
  readonly settings?: Partial<Settings>;
  /** Whether new recordings appear by themselves from time to time. */
  readonly isLively?: boolean;
  /** The time in milliseconds, for tests that drive a clock. */
  readonly now?: () => number;
}

/** A Microsoft Graph in memory, listening. */
export interface Emulator extends Controls {
  /** Its origin, such as `http://127.0.0.1:4001`, which clients use instead of `https://graph.microsoft.com`. */
  readonly url: string;
  /** Releases all held requests, aborts deliveries and stops listening. */
  readonly close: () => Promise<void>;
}

/** Starts an emulator. Resolves when it listens; rejects when its port is taken or its tenant contradicts itself. */
export async function createEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { control = false, host = '127.0.0.1', isLively = false, now = Date.now, port = 0 } = options;
  const { tenant: size = 'demo' } = options;
  const tenant = createTenant(size === 'demo' ? 'demo' : (size.seed ?? 'morrowtide'), now);
  if (size === 'demo') {
    fillDemo(tenant);
  } else {
    fill(tenant, size);
  }
  const settings = createSettings(options.settings);
  const log = createRequestLog();
  const faults = createFaults();
  const holds = createHolds();
  const callRecordings = createCallRecordings(tenant, settings);
  const delta = createDelta(tenant, settings, callRecordings);
  const validationTokens = createValidationTokens(tenant.id, now);
  const subscriptions = createSubscriptions({
    tenant,
    notificationOf: createRecordingNotifications({ tenant, settings, callRecordings, validationTokens }),
    now,
  });
  const content = createContent({ callRecordings, settings, tenant, contentOrigin: () => contentOrigin });
  const graph = createGraph({
    endpoints: {
      callRecordings,
      content,
      delta,
      onlineMeetings: createOnlineMeetings(tenant, settings),
      subscriptions,
      users: createUsers(tenant, settings),
    },
    rateLimit: createRateLimit(settings, now),
    servePart: async (part) => (await serveGraph(part)).answer,
    now,
  });
  const serveGraph: Serve = createService({
    // In addition to Graph, the keys of Entra ID that are needed to verify notifications.
    answer: async (request) => (request.target === keysPath ? json(validationTokens.keys()) : graph(request)),
    faults,
    holds,
    now,
  });
  const serveContent = createService({
    answer: async (request) => content.getPreauthenticated(request),
    faults,
    holds,
    now,
  });

  const controls: Controls = {
    tenant,
    settings,
    requests: log.entries,
    clearRequests: log.clear,
    fail: faults.add,
    clearFaults: faults.clear,
    hold: holds.add,
    addUser: tenant.addUser,
    addMeeting: tenant.addMeeting,
    addRecording(given) {
      const recording = tenant.addRecording(given);
      subscriptions.notify(recording);
      return recording;
    },
    expireDeltaTokens: delta.expireTokens,
    deliveries: subscriptions.deliveries,
    sendLifecycleEvent: subscriptions.sendLifecycleEvent,
  };
  const controlPlane = control ? createControlPlane(controls) : undefined;
  const serveControl: Serve = async (request) => ({
    answer: await answerOrRefuse(request, async () => (controlPlane ?? refuseControl)(request), now),
  });

  const contentServer = createGraphServer({ host: 'content', settings, log, serve: serveContent, serveControl, now });
  const contentOrigin = await listen(contentServer, host, 0);
  const server = createGraphServer({ host: 'graph', settings, log, serve: serveGraph, serveControl, now });
  const url = await listen(server, host, port);
  const calm = isLively ? enliven(tenant, controls.addRecording) : (): void => {};

  return {
    ...controls,
    url,
    async close() {
      calm();
      holds.releaseAll();
      await Promise.all([subscriptions.close(), stop(server), stop(contentServer)]);
    },
  };
}

function refuseControl(): never {
  throw notFound('This emulator was started without its control plane.');
}

async function listen(server: Server, host: string, port: number): Promise<string> {
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error(`The emulator must listen on a port of ${host}, but listens on ${String(address)}.`);
  }
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}

async function stop(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
