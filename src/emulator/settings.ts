import { amount, count, flag, nullable, oneOf, texts } from './shape.ts';
import type { Kind, Shape } from './shape.ts';

/** What is wrong with a forged notification. */
export type Forgery = 'clientState' | 'data' | 'publisher';

/** How the emulated Graph behaves. Every member may be changed at any time and holds from the next request on. */
export interface Settings {
  /** How many items a page holds when the client does not ask with `$top`. */
  pageSize: number;
  /** For how long each HTTP request waits before it is looked at, in milliseconds. */
  latencyMs: number;
  /** How many requests are served in one second, parts of batches counted each; null for no limit. */
  requestsPerSecond: number | null;
  /** The known fault of `$top`: the first page comes without its nextLink, and the rest is lost. */
  dropNextLinkWithTop: boolean;
  /** How many recordings of earlier rounds each later round of a delta repeats. */
  replayedRecordings: number;
  /** Whether content honours `Range`. */
  ranges: boolean;
  /** Whether content says how large it is. */
  contentSize: boolean;
  /** Whether content is answered with a redirect to another origin instead of bytes. */
  contentRedirect: boolean;
  /** The least size of a video in bytes; null for its natural size. */
  contentBytes: number | null;
  /** Object ids of users whose meetings no application may read, for want of an application access policy. */
  usersWithoutAccessPolicy: readonly string[];
  /** Object ids of users whose profile nobody may read. */
  forbiddenUsers: readonly string[];
  /**
   * How notifications of new recordings are forged: with a clientState that nobody gave, encrypted data that was changed,
   * or a validation token of another application; null for genuine ones.
   */
  forgery: Forgery | null;
}

const positive: Kind = {
  expected: 'a whole number from 1 up',
  accepts: (value) => Number.isSafeInteger(value) && Number(value) >= 1,
};

/** What each setting has to be when it comes from outside. */
export const settingsShape: Shape<Settings> = {
  pageSize: positive,
  latencyMs: amount,
  requestsPerSecond: nullable(positive),
  dropNextLinkWithTop: flag,
  replayedRecordings: count,
  ranges: flag,
  contentSize: flag,
  contentRedirect: flag,
  contentBytes: nullable(count),
  usersWithoutAccessPolicy: texts,
  forbiddenUsers: texts,
  forgery: nullable(oneOf('clientState', 'data', 'publisher')),
};

/** The settings of a Graph without faults, in which those given replace their defaults. */
export function createSettings(given: Partial<Settings> = {}): Settings {
  return {
    pageSize: 10,
    latencyMs: 0,
    requestsPerSecond: null,
    dropNextLinkWithTop: false,
    replayedRecordings: 0,
    ranges: true,
    contentSize: true,
    contentRedirect: false,
    contentBytes: null,
    usersWithoutAccessPolicy: [],
    forbiddenUsers: [],
    forgery: null,
    ...given,
  };
}
