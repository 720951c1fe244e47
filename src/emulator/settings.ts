/** The settings of the emulated Graph. */
import { amount, count, flag, nullable, oneOf, texts } from './shape.ts';
import type { Kind, Shape } from './shape.ts';

/** What is wrong with a forged notification. */
export type Forgery = 'clientState' | 'data' | 'publisher';

/** How the emulated Graph behaves. Every member may be changed at any time and applies from the next request on. */
export interface Settings {
  /** How many items a page holds when the client sends no `$top`. */
  pageSize: number;
  /** The delay before each HTTP request is served, in milliseconds. */
  latencyMs: number;
  /** How many requests are served per second, each part of a batch counting as one; null for no limit. */
  requestsPerSecond: number | null;
  /** The known fault of `$top`: the first page comes without its nextLink, and the rest is lost. */
  dropNextLinkWithTop: boolean;
  /** How many recordings of earlier rounds each later round of a delta repeats. */
  replayedRecordings: number;
  /** Whether content honors `Range`. */
  ranges: boolean;
  /** Whether answers with content state its size. */
  contentSize: boolean;
  /** Whether content is answered with a redirect to another origin instead of bytes. */
  contentRedirect: boolean;
  /** The least size of a video in bytes; null for its natural size. */
  contentBytes: number | null;
  /** Object ids of users without an application access policy, whose meetings no application may read. */
  usersWithoutAccessPolicy: readonly string[];
  /** Object ids of users whose profile nobody may read. */
  forbiddenUsers: readonly string[];
  /**
   * How notifications of new recordings are forged: with a wrong clientState, altered encrypted data, or a validation
   * token of another application; null for genuine ones.
   */
  forgery: Forgery | null;
}

const positive: Kind = {
  expected: 'a whole number of at least 1',
  accepts: (value) => Number.isSafeInteger(value) && Number(value) >= 1,
};

/** The shape of settings received over HTTP. */
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

/** Creates the settings of a Graph without faults; the given ones replace defaults. */
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
