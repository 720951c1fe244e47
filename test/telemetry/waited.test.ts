/** The duration of an operation that has waited for its turn. */
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, it, vi } from 'vitest';
import { createTelemetry } from '../../src/telemetry/telemetry.ts';
import { createTestMetrics } from '../support/metrics.ts';

it('includes the wait', () => {
  const metrics = createTestMetrics();
  const answered = vi.spyOn(metrics.operations, 'answered');
  const { observer } = createTelemetry(metrics, null).watchOperation(new IncomingMessage(new Socket()), 60_000);
  observer?.onBegun();
  observer?.onAnswered({ type: 'query', name: null, hasData: true, codes: [] });
  expect(answered.mock.lastCall?.[1]).toBeGreaterThanOrEqual(60_000);
});
