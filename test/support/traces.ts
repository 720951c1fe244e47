/** Traces recorded in memory by an OpenTelemetry SDK, and a gateway that makes them. */
import { propagation, trace } from '@opentelemetry/api';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { onTestFinished } from 'vitest';
import { createEmulator } from '../../src/emulator/emulator.ts';
import { openGraphAccess } from '../../src/graph-access.ts';
import { startGateway } from './gateway.ts';
import type { TestGateway, TestGatewayOptions } from './gateway.ts';
import { openTap } from './tap.ts';

/** A caller's place in a trace of their own, as a router sends it. */
export interface Caller {
  readonly traceId: string;
  readonly spanId: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface TracedGateway extends TestGateway {
  /** The spans that have ended since the gateway was started. */
  readonly spans: () => ReadableSpan[];
  /** One line for each span of a trace, indented below its parent: its name. */
  readonly treeOf: (caller: Caller) => string[];
  /** The headers of this name that were sent to Graph, in order. */
  readonly sentToGraph: (name: string) => string[];
}

const exporter = new InMemorySpanExporter();

/** Loads the SDK as `node --import` does, once in a test file before a gateway is started. Returns its removal. */
export function loadSdk(): () => void {
  exporter.reset();
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
  propagation.setGlobalPropagator(
    new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
  );
  return () => {
    trace.disable();
    propagation.disable();
  };
}

/** The spans that have ended since a traced gateway was started, or since the SDK was loaded. */
export function recordedSpans(): ReadableSpan[] {
  return exporter.getFinishedSpans();
}

/** A caller whose trace is named after this digit. */
export function createCaller(digit: string): Caller {
  const [traceId, spanId] = [digit.repeat(32), digit.repeat(16)];
  return {
    traceId,
    spanId,
    headers: { traceparent: `00-${traceId}-${spanId}-01`, tracestate: `router=${digit}`, baggage: 'user=somebody' },
  };
}

function childrenOf(spans: readonly ReadableSpan[], parentId: string, depth: number): string[] {
  return spans
    .filter(({ parentSpanContext }) => parentSpanContext?.spanId === parentId)
    .flatMap((span) => [
      `${'  '.repeat(depth)}${span.name}`,
      ...childrenOf(spans, span.spanContext().spanId, depth + 1),
    ]);
}

/** Starts a gateway with the SDK, and records its requests to Graph; all ends with the test. */
export async function startTraced(options: TestGatewayOptions = {}): Promise<TracedGateway> {
  exporter.reset();
  const emulator = await createEmulator({
    tenant: options.tenant ?? { users: 1, meetings: 3, recordings: 3 },
    settings: { pageSize: 100, ...options.settings },
  });
  onTestFinished(() => emulator.close());
  const tap = await openTap();
  tap.leadTo(Number(new URL(emulator.url).port));
  const graph = openGraphAccess(`http://${tap.host}`, 'a-marked-token', 'an emulator behind a tap');
  const gateway = await startGateway({ ...options, emulator, graph });
  return {
    ...gateway,
    spans: recordedSpans,
    treeOf: ({ traceId, spanId }) =>
      childrenOf(
        exporter.getFinishedSpans().filter((span) => span.spanContext().traceId === traceId),
        spanId,
        0,
      ),
    sentToGraph: (name) =>
      [...tap.sent().matchAll(new RegExp(`^${name}: (.*)\r$`, 'gim'))].map(([, value = '']) => value),
  };
}
