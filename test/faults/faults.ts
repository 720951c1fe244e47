/** All faults of Graph in these tests: the rows of docs/faults.md, under the same names. */
import type { Fault as EmulatedFault } from '../../src/emulator/faults/faults.ts';

/**
 * The cause of a fault: a fault of the emulator, a closed port, a request without an answer, or what the emulator
 * always does.
 */
export type Fault = Omit<EmulatedFault, 'match'> | 'refused' | 'silent' | 'always';

/** For every request. */
const FOR_GOOD = { times: Infinity };
const HUNDRED_MIB = 100 * 1_024 * 1_024;

const throttled = { kind: 'status', status: 429 } as const;

export const FAULTS = {
  '429 once, Retry-After: 2': { ...throttled, retryAfterSeconds: 2 },
  '429 once, Retry-After: 0.5': { ...throttled, retryAfterSeconds: 0.5 },
  '429 once, Retry-After: a date in 2 s': { ...throttled, retryAfterSeconds: 2, retryAfterAsDate: true },
  '429 once, Retry-After: 86400': { ...throttled, retryAfterSeconds: 86_400 },
  '429 once, Retry-After: soon': { ...throttled, retryAfter: 'soon' },
  '429 once, no Retry-After': throttled,
  '429 every time, Retry-After: 2': { ...throttled, ...FOR_GOOD, retryAfterSeconds: 2 },
  '429 every time, no Retry-After': { ...throttled, ...FOR_GOOD },
  '500 every time': { kind: 'status', status: 500, ...FOR_GOOD },
  '502 every time': { kind: 'status', status: 502, ...FOR_GOOD },
  '503 once': { kind: 'status', status: 503 },
  '503 once, Retry-After: 2': { kind: 'status', status: 503, retryAfterSeconds: 2 },
  '503 every time': { kind: 'status', status: 503, ...FOR_GOOD },
  '504 every time': { kind: 'status', status: 504, ...FOR_GOOD },
  'connection refused': 'refused',
  'connection reset before the response, once': { kind: 'reset' },
  'connection reset before the response, every time': { kind: 'reset', ...FOR_GOOD },
  'connection lost during the response, once': { kind: 'cut' },
  'connection lost during the response, every time': { kind: 'cut', ...FOR_GOOD },
  'no response headers arrive': 'silent',
  'the response body trickles in': { kind: 'trickle', delayMs: 3_600_000 },
  'truncated JSON': { kind: 'truncated' },
  '200 with an HTML page': { kind: 'html' },
  'the correct JSON as text/plain': { kind: 'wrongContentType' },
  '200 without a body': { kind: 'empty' },
  'JSON of the wrong shape': { kind: 'wrongJson' },
  'a body of 100 MiB': { kind: 'huge', bytes: HUNDRED_MIB },
  'a batch with a missing response': { kind: 'missingPart' },
  'a batch with a duplicate response': { kind: 'duplicatePart' },
  'a batch with an unrequested response': { kind: 'unknownPart' },
  'a batch with a response without a status': { kind: 'malformedPart' },
  // https://learn.microsoft.com/en-us/graph/json-batching allows any order of answers: here it always differs.
  'a batch with responses in another order': 'always',
  '401 once': { kind: 'status', status: 401 },
  '401 every time': { kind: 'status', status: 401, ...FOR_GOOD },
  // {"access_token":{"nbf":{"essential":true}}}
  '401 with a claims challenge': {
    kind: 'status',
    status: 401,
    claims: 'eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZX19fQ==',
    ...FOR_GOOD,
  },
  '403, as for a missing application access policy': { kind: 'status', status: 403, ...FOR_GOOD },
  '404 once': { kind: 'status', status: 404 },
  '410 once': { kind: 'status', status: 410 },
  'a nextLink to the same page': { kind: 'nextLinkLoop', ...FOR_GOOD },
  'a nextLink to another host': { kind: 'foreignNextLink' },
  'a nextLink that leaves the API path by ..': { kind: 'climbingNextLink' },
  'a nextLink that leaves the API path by %2e%2e': { kind: 'climbingNextLink', climb: '%2e%2e' },
  'an empty page with a nextLink': { kind: 'emptyPage' },
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof FAULTS;

/** In the order of the page. */
export const FAULT_NAMES: readonly FaultName[] = Object.keys(FAULTS).filter(
  (name): name is FaultName => name in FAULTS,
);
