/** The duration of an operation that has waited for its turn. */
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createTelemetry } from '../../src/telemetry/telemetry.ts';
import type { Telemetry } from '../../src/telemetry/telemetry.ts';
import { openTracing } from '../../src/telemetry/tracing.ts';
import { createTestMetrics } from '../support/metrics.ts';
import { loadSdk, recordedSpans } from '../support/traces.ts';

const WAITED_MS = 60_000;

function answerWaiting({ watchOperation }: Telemetry): void {
  const { observer } = watchOperation(new IncomingMessage(new Socket()), WAITED_MS);
  observer?.onBegun();
  observer?.onAnswered({ type: 'query', name: null, hasData: true, codes: [] });
}

it('includes the wait in its metrics', () => {
  const metrics = createTestMetrics();
  const answered = vi.spyOn(metrics.operations, 'answered');
  answerWaiting(createTelemetry(metrics, null));
  expect(answered.mock.lastCall?.[1]).toBeGreaterThanOrEqual(WAITED_MS);
});

it('includes the wait in its span', () => {
  onTestFinished(loadSdk());
  answerWaiting(createTelemetry(null, openTracing('http://127.0.0.1')));
  expect(recordedSpans().map(({ duration: [seconds] }) => seconds)).toEqual([WAITED_MS / 1_000]);
});
