import { createMatcher, matchShape } from './match.ts';
import type { Match, Matcher } from './match.ts';
import { amount, anything, assertShape, count, flag, isObject, oneOf, text } from './shape.ts';
import type { Kind, Shape } from './shape.ts';

/** What can go wrong with the answer to any request. */
const answerFaults = ['status', 'empty', 'html', 'wrongContentType', 'wrongJson', 'wrongType'] as const;
/** What can go wrong with a page of a list. */
const pageFaults = ['emptyPage', 'nextLinkLoop', 'foreignNextLink', 'climbingNextLink'] as const;
/** What can go wrong with the answer to a batch. */
const batchFaults = ['missingPart', 'duplicatePart', 'unknownPart', 'malformedPart'] as const;
/** What can go wrong on the wire, and therefore never with one part of a batch. */
const wireFaults = ['reset', 'cut', 'slow', 'trickle', 'truncated', 'huge'] as const;

const faultKinds = [...answerFaults, ...pageFaults, ...batchFaults, ...wireFaults] as const;

export type FaultKind = (typeof faultKinds)[number];

/** Something that goes wrong with the next requests that match. */
export interface Fault {
  readonly kind: FaultKind;
  /** Which requests; all when left out. */
  readonly match?: Match;
  /** With how many of them; 1 when left out. */
  readonly times?: number;
  /** Of `status`: the status of the answer; 503 when left out. */
  readonly status?: number;
  /** Of `status`: the value of Retry-After, which may have a fraction; without it there is no such header. */
  readonly retryAfterSeconds?: number;
  /** Of `status`: whether Retry-After is an HTTP date instead. */
  readonly retryAfterAsDate?: boolean;
  /** Of `status`: Retry-After as it is sent, whatever it says, in the place of the two above. */
  readonly retryAfter?: string;
  /** Of `status` 401: the claims that the challenge asks for, a JSON object in Base64. */
  readonly claims?: string;
  /** Of `slow` before the headers, of `trickle` before each byte; 10 when left out. */
  readonly delayMs?: number;
  /** Of `huge`: about how large the body is; 64 MiB when left out. */
  readonly bytes?: number;
  /** Of `climbingNextLink`: how a step up is written; `..` when left out. */
  readonly climb?: string;
  /** Of `wrongType`: the member that is not what it should be; `createdDateTime` when left out. */
  readonly member?: string;
  /** Of `wrongType`: what the member is instead; 42 when left out. */
  readonly value?: unknown;
}

const statusKind: Kind = {
  expected: 'a status from 400 to 599',
  accepts: (value) => Number.isInteger(value) && Number(value) >= 400 && Number(value) <= 599,
};

/** As in a header of Graph's: https://learn.microsoft.com/en-us/entra/identity-platform/claims-challenge#claims-challenge-header-format */
const claimsKind: Kind = {
  expected: 'a JSON object in Base64',
  accepts: (value) => typeof value === 'string' && /^[\w+/-]+={0,2}$/.test(value) && holdsObject(value),
};

function holdsObject(base64: string): boolean {
  try {
    return isObject(JSON.parse(Buffer.from(base64, 'base64').toString()));
  } catch {
    return false;
  }
}

const faultShape: Shape<Fault> = {
  kind: oneOf(...faultKinds),
  match: anything,
  times: count,
  status: statusKind,
  retryAfterSeconds: amount,
  retryAfterAsDate: flag,
  retryAfter: text,
  claims: claimsKind,
  delayMs: amount,
  bytes: count,
  climb: text,
  member: text,
  value: anything,
};

/** A fault from outside. Throws a GraphError that says what is wrong with it. */
export function parseFault(value: unknown): Fault {
  assertShape('a fault', value, faultShape, ['kind']);
  if (value.match !== undefined) {
    assertShape('the match of a fault', value.match, matchShape);
  }
  return value;
}

/** The faults that wait for their requests. */
export interface Faults {
  readonly add: (fault: Fault) => void;
  /** The fault that strikes this request, if any: the one that waits longest. It has one time less afterwards. */
  readonly take: (request: {
    readonly method: string;
    readonly target: string;
    readonly isPart: boolean;
  }) => Fault | undefined;
  readonly clear: () => void;
}

/** Keeps armed faults in the order in which they came. */
export function createFaults(): Faults {
  const armed: { readonly fault: Fault; readonly matches: Matcher; left: number }[] = [];
  const onWire = new Set<FaultKind>(wireFaults);
  return {
    add(fault) {
      armed.push({ fault, matches: createMatcher(fault.match ?? {}), left: fault.times ?? 1 });
    },

    take(request) {
      const place = armed.findIndex(
        ({ fault, left, matches }) => left > 0 && matches(request) && !(request.isPart && onWire.has(fault.kind)),
      );
      const struck = armed[place];
      if (struck === undefined) {
        return undefined;
      }
      struck.left -= 1;
      if (struck.left <= 0) {
        armed.splice(place, 1);
      }
      return struck.fault;
    },

    clear() {
      armed.length = 0;
    },
  };
}
