/** Faults that can be armed for the next matching requests. */
import { amount, anything, assertShape, count, flag, isObject, oneOf, text } from '../shape.ts';
import type { Kind, Shape } from '../shape.ts';
import { createMatcher, matchShape } from './match.ts';
import type { Match, Matcher } from './match.ts';

/** Faults in the answer to any request. */
const answerFaults = ['status', 'empty', 'html', 'wrongContentType', 'wrongJson', 'wrongType'] as const;
/** Faults in a page of a list. */
const pageFaults = ['emptyPage', 'nextLinkLoop', 'foreignNextLink', 'climbingNextLink'] as const;
/** Faults in the answer to a batch. */
const batchFaults = ['missingPart', 'duplicatePart', 'unknownPart', 'malformedPart'] as const;
/** Faults in the transmission, which therefore never apply to one part of a batch. */
const wireFaults = ['reset', 'cut', 'slow', 'trickle', 'truncated', 'huge'] as const;

const faultKinds = [...answerFaults, ...pageFaults, ...batchFaults, ...wireFaults] as const;

export type FaultKind = (typeof faultKinds)[number];

/** A fault for the next matching requests. */
export interface Fault {
  readonly kind: FaultKind;
  /** The requests it applies to; all by default. */
  readonly match?: Match;
  /** The number of requests it applies to; 1 by default. */
  readonly times?: number;
  /** For `status`: the status of the answer; 503 by default. */
  readonly status?: number;
  /** For `status`: the value of Retry-After, which may be fractional; no such header by default. */
  readonly retryAfterSeconds?: number;
  /** For `status`: whether Retry-After is sent as an HTTP date instead. */
  readonly retryAfterAsDate?: boolean;
  /** For `status`: the raw value of Retry-After, instead of the two above. */
  readonly retryAfter?: string;
  /** For `status` 401 or 403: the claims that the challenge requires, a JSON object in Base64. */
  readonly claims?: string;
  /** For `slow`, the delay before the headers; for `trickle`, before each byte; 10 by default. */
  readonly delayMs?: number;
  /** For `huge`: the approximate size of the body; 64 MiB by default. */
  readonly bytes?: number;
  /** For `climbingNextLink`: how a step up is written; `..` by default. */
  readonly climb?: string;
  /** For `wrongType`: the member with a wrong value; `createdDateTime` by default. */
  readonly member?: string;
  /** For `wrongType`: the value of that member; 42 by default. */
  readonly value?: unknown;
}

const statusKind: Kind = {
  expected: 'a status from 400 to 599',
  accepts: (value) => Number.isInteger(value) && Number(value) >= 400 && Number(value) <= 599,
};

/** As in Graph's header: https://learn.microsoft.com/en-us/entra/identity-platform/claims-challenge#claims-challenge-header-format */
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

/** Parses a fault received over HTTP. Throws a GraphError that says what is wrong with it. */
export function parseFault(value: unknown): Fault {
  assertShape('a fault', value, faultShape, ['kind']);
  if (value.match !== undefined) {
    assertShape('the match of a fault', value.match, matchShape);
  }
  return value;
}

/** The armed faults. */
export interface Faults {
  readonly add: (fault: Fault) => void;
  /** The fault for this request, if any: the oldest that matches. Uses up one of its `times`. */
  readonly take: (request: {
    readonly method: string;
    readonly target: string;
    readonly isPart: boolean;
  }) => Fault | undefined;
  readonly clear: () => void;
}

/** Keeps armed faults in the order in which they were added. */
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
