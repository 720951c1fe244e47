/** Messages, the log and traces hold nothing that looks like a token, whatever text surrounds it. */
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { GraphQLError } from 'graphql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../src/clock.ts';
import { formatError, validationError } from '../src/graphql/errors.ts';
import { createApp } from '../src/http/app.ts';
import { startOperationSpan } from '../src/telemetry/operation-span.ts';
import { holdsToken, withoutTokens } from '../src/token-like.ts';
import { createCapturedLog } from './support/log.ts';
import { createDraw } from './support/random-operation.ts';

const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJvaWQiOiJzb21lYm9keSJ9.c2ln-bmV_k';

const EXAMPLES = [
  TOKEN,
  `_${TOKEN}`,
  `somebody${TOKEN}.`,
  `${TOKEN}.${TOKEN}`,
  `${TOKEN}..`,
  TOKEN.replaceAll('.', ''),
  TOKEN.slice(0, TOKEN.indexOf('.')),
  TOKEN.slice(0, 13),
  'eyJeyJeyJeyJey',
  'eyJ----------',
  'eyJ_________0',
];

/** Random texts that are nearly tokens, of characters that are valid in a path. */
const DRAWN = (() => {
  const draw = createDraw(20_261_128);
  return Array.from({ length: 300 }, () =>
    Array.from({ length: 1 + draw.below(12) }, () =>
      draw.of(['eyJ', 'EYj', 'a0B', 'Zz9', '_', '-', '.', '~', 'xy']),
    ).join(''),
  );
})();

const TEXTS = [...EXAMPLES, ...DRAWN];

/** The pattern that each place redacted before they shared one. None may redact less. */
const REDACTED_BEFORE = {
  messages: /eyJ[\w-]{10,}(\.[\w-]*)*/,
  paths: /eyJ[\w.-]{10,}/,
  names: /eyJ\w{10}/i,
};

/** The message of a refused operation, and of one that failed. */
function messagesOf(text: string): string[] {
  return [
    validationError(new GraphQLError(text)).message,
    formatError({ message: text }, new GraphQLError(text, { extensions: { code: 'BAD_USER_INPUT' } })).message,
  ];
}

describe('What looks like a token', () => {
  it('is redacted as a whole, and nothing else is', () => {
    expect(withoutTokens(`a ${TOKEN}, a "${TOKEN}" and eyJ`)).toBe('a (token removed), a "(token removed)" and eyJ');
    expect(EXAMPLES.filter((text) => !holdsToken(text))).toEqual([]);
    expect(['', 'eyJ', 'eyJ123456789', 'callRecordings'].filter(holdsToken)).toEqual([]);
  });

  it('does not appear in a message that a client reads', () => {
    expect(TEXTS.flatMap(messagesOf).filter((message) => REDACTED_BEFORE.messages.test(message))).toEqual([]);
    expect(messagesOf(`Cannot query field "${TOKEN}".`)).toEqual([
      'Cannot query field "(token removed)".',
      'Cannot query field "(token removed)".',
    ]);
  });

  it('does not appear in a path in the log', async () => {
    const { log, lines } = createCapturedLog({ level: 'info' });
    const app = createApp(log, systemClock);
    onTestFinished(() => app.close());
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    await Promise.all(TEXTS.map(async (text) => (await fetch(`${url}/nowhere/${text}`)).text()));
    const paths = lines().map(({ path }) => String(path));
    expect(paths).toHaveLength(TEXTS.length);
    expect(paths.filter((path) => REDACTED_BEFORE.paths.test(path))).toEqual([]);
  });

  it('does not appear as the name of an operation in a trace, in any letter case', () => {
    const exporter = new InMemorySpanExporter();
    const tracer = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }).getTracer('test');
    const names = [...TEXTS, ...EXAMPLES.map((text) => text.toUpperCase())];
    for (const name of [...names, 'RecentMeetings'])
      startOperationSpan(tracer, ROOT_CONTEXT, 0).answered({ type: 'query', name, hasData: true, codes: [] });
    const kept = exporter.getFinishedSpans().map(({ attributes }) => String(attributes['graphql.operation.name']));
    expect(kept).toHaveLength(names.length + 1);
    expect(kept.filter((name) => REDACTED_BEFORE.names.test(name))).toEqual([]);
    expect(kept.at(-1)).toBe('RecentMeetings');
  });
});
