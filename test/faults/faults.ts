/** All faults of Graph in these tests: the rows of docs/faults.md, under the same names. */
import type { Fault as EmulatedFault } from '../../src/emulator/faults.ts';

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
  '429 for good, Retry-After: 2': { ...throttled, ...FOR_GOOD, retryAfterSeconds: 2 },
  '429 for good, no Retry-After': { ...throttled, ...FOR_GOOD },
  '500 for good': { kind: 'status', status: 500, ...FOR_GOOD },
  '502 for good': { kind: 'status', status: 502, ...FOR_GOOD },
  '503 once': { kind: 'status', status: 503 },
  '503 once, Retry-After: 2': { kind: 'status', status: 503, retryAfterSeconds: 2 },
  '503 for good': { kind: 'status', status: 503, ...FOR_GOOD },
  '504 for good': { kind: 'status', status: 504, ...FOR_GOOD },
  'connection refused': 'refused',
  'connection reset before the answer, once': { kind: 'reset' },
  'connection reset before the answer, for good': { kind: 'reset', ...FOR_GOOD },
  'connection lost in the middle, once': { kind: 'cut' },
  'connection lost in the middle, for good': { kind: 'cut', ...FOR_GOOD },
  'no header comes': 'silent',
  'the body trickles': { kind: 'trickle', delayMs: 3_600_000 },
  'half of the JSON': { kind: 'truncated' },
  'a page of HTML with 200': { kind: 'html' },
  'the right JSON as text/plain': { kind: 'wrongContentType' },
  '200 without a body': { kind: 'empty' },
  'JSON of another shape': { kind: 'wrongJson' },
  'a body of 100 MiB': { kind: 'huge', bytes: HUNDRED_MIB },
  'an answer of the batch is missing': { kind: 'missingPart' },
  'an answer of the batch comes twice': { kind: 'duplicatePart' },
  'an answer in the batch that nobody asked for': { kind: 'unknownPart' },
  'an answer of the batch without a status': { kind: 'malformedPart' },
  // https://learn.microsoft.com/en-us/graph/json-batching allows any order of answers: here it always differs.
  'the answers of the batch in another order': 'always',
  '401 once': { kind: 'status', status: 401 },
  '401 for good': { kind: 'status', status: 401, ...FOR_GOOD },
  // {"access_token":{"nbf":{"essential":true}}}
  '401 with a claims challenge': {
    kind: 'status',
    status: 401,
    claims: 'eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZX19fQ==',
    ...FOR_GOOD,
  },
  '403, as without an application access policy': { kind: 'status', status: 403, ...FOR_GOOD },
  '404 once': { kind: 'status', status: 404 },
  '410 once': { kind: 'status', status: 410 },
  'a nextLink to the same page': { kind: 'nextLinkLoop', ...FOR_GOOD },
  'a nextLink to another host': { kind: 'foreignNextLink' },
  'a nextLink that climbs by ..': { kind: 'climbingNextLink' },
  'a nextLink that climbs by %2e%2e': { kind: 'climbingNextLink', climb: '%2e%2e' },
  'an empty page with a nextLink': { kind: 'emptyPage' },
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof FAULTS;

/** In the order of the page. */
export const FAULT_NAMES: readonly FaultName[] = Object.keys(FAULTS).filter(
  (name): name is FaultName => name in FAULTS,
);
