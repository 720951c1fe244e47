/** Secrets by name, and the search for them in every output. */

/** The places of output: the log, the clients of the gateway, and the services that it calls. */
export type Place = 'log' | 'client' | 'graph' | 'entra' | 'redis';

/** One output. */
export interface Output {
  readonly place: Place;
  readonly name: string;
  readonly text: string;
}

export interface SecretSearch {
  /** Adds a secret. Only these places may have a piece of it, in any encoding. */
  add(name: string, secret: string | Buffer, mayReach?: readonly Place[]): void;
  /** Adds a token. Only these places may have a whole part of it, or a piece of its last part, the signature. */
  addToken(name: string, token: string, mayReach?: readonly Place[]): void;
  /** Adds a private key in PEM, line by line. */
  addKey(name: string, pem: string): void;
  /** A sentence for each secret in a place that may not have it. It does not repeat the secret. */
  leaksIn(outputs: readonly Output[]): string[];
  /** Whether an output has the secret with this name. Finding it where it must be proves that the search works. */
  isIn(name: string, output: Output): boolean;
}

interface Secret {
  readonly name: string;
  readonly form: string;
  readonly mayReach: readonly Place[];
  /** Null if pieces of it are searched for. */
  readonly whole: string | null;
}

/** The length of a piece, which gives a secret away. Any excerpt of twice this length is found. */
const PIECE = 16;
/** The number of distinct hashes of beginnings of pieces. */
const BEGINNINGS = 65_536;
/** How far back the member that contains a secret is searched. */
const LONGEST_LINE = 5_000;

/** Secrets that are recognized by their form. */
const PATTERNS: readonly { readonly secret: Secret; readonly pattern: RegExp }[] = [
  {
    secret: { name: 'the value of a header Authorization', form: 'as it is', mayReach: ['graph'], whole: null },
    pattern: /\b(bearer|basic)(\s|%20|\+)[\w.~+/-]{16,}/gi,
  },
  {
    // In Base64 {"alg":, {"typ": or {"kid":, with which the header begins.
    secret: { name: 'a JSON Web Token', form: 'as it is', mayReach: ['graph', 'entra'], whole: null },
    pattern: /\beyJ(hbGciOi|0eXAiOi|raWQiOi)/g,
  },
];

/** A hash of the three characters at an index. A collision costs a look-up, and misses nothing. */
function beginning(text: string, index: number): number {
  return (text.charCodeAt(index) * 961 + text.charCodeAt(index + 1) * 31 + text.charCodeAt(index + 2)) % BEGINNINGS;
}

/** The forms in which a secret may be written, each with its name. */
function formsOf(secret: string | Buffer): readonly (readonly [form: string, text: string])[] {
  const bytes = Buffer.from(secret);
  const texts = typeof secret === 'string' ? [secret, encodeURIComponent(secret)] : [];
  return [
    ...texts.map((text, index) => [index === 0 ? 'as it is' : 'percent-encoded', text] as const),
    ['in Base64', bytes.toString('base64')],
    ['in Base64 for URLs', bytes.toString('base64url')],
    ['in hexadecimal digits', bytes.toString('hex')],
    // As JSON writes a Buffer, and as Node prints one.
    ['byte by byte', [...bytes].join(',')],
    ['byte by byte', bytes.toString('hex').replaceAll(/..(?=.)/g, '$& ')],
  ];
}

/** The line of an index in a text, and the member of JSON. */
function whereabouts(text: string, index: number): string {
  const before = text.slice(0, index).split('\n');
  const line = (before.at(-1) ?? '').slice(-LONGEST_LINE);
  const [, member] = [...line.matchAll(/"([\w-]{1,40})":/g)].at(-1) ?? [];
  return `line ${before.length}${member === undefined ? '' : `, "${member}"`}`;
}

function requireLength(name: string, { length }: string | Buffer): void {
  if (length < PIECE)
    throw new Error(`Expected ${name} to have ${PIECE} characters: what has fewer is found by chance.`);
}

/** Creates a search that knows no secret yet. */
export function createSecretSearch(): SecretSearch {
  /** The secrets with each piece: tokens of one issuer begin alike, for instance. */
  const pieces = new Map<string, Secret[]>();
  /** 1 for each hash with which a piece begins. */
  const begun = new Uint8Array(BEGINNINGS);

  function addPiece(piece: string, secret: Secret): void {
    begun[beginning(piece, 0)] = 1;
    const others = pieces.get(piece) ?? [];
    const isKnown = others.some(({ name, whole }) => name === secret.name && whole === secret.whole);
    if (!isKnown) pieces.set(piece, [...others, secret]);
  }

  function add(name: string, secret: string | Buffer, mayReach: readonly Place[] = []): void {
    requireLength(name, secret);
    for (const [form, text] of formsOf(secret)) {
      for (let index = 0; index + PIECE <= text.length; index += PIECE) {
        addPiece(text.slice(index, index + PIECE), { name, form, mayReach, whole: null });
      }
    }
  }

  function addWhole(name: string, secret: string, mayReach: readonly Place[] = []): void {
    requireLength(name, secret);
    for (const [form, text] of formsOf(secret)) addPiece(text.slice(0, PIECE), { name, form, mayReach, whole: text });
  }

  function* findingsIn(text: string): Generator<{ readonly owners: readonly Secret[]; readonly index: number }> {
    for (let index = 0; index + PIECE <= text.length; index += 1) {
      if (begun[beginning(text, index)] !== 1) continue;
      const known = pieces.get(text.slice(index, index + PIECE)) ?? [];
      const owners = known.filter(({ whole }) => whole === null || text.startsWith(whole, index));
      if (owners.length > 0) yield { owners, index };
    }
    for (const { secret, pattern } of PATTERNS) {
      for (const { index } of text.matchAll(pattern)) yield { owners: [secret], index };
    }
  }

  function leaksInOne({ place, name: outputName, text }: Output): string[] {
    const leaks = new Map<string, string>();
    for (const { owners, index } of findingsIn(text)) {
      if (owners.some(({ mayReach }) => mayReach.includes(place))) continue;
      const [name = '', ...others] = new Set(owners.map((owner) => owner.name));
      if (leaks.has(name)) continue;
      const what = `${name}${others.length === 0 ? '' : `, or of ${others.length} others`}, ${owners[0]?.form}`;
      leaks.set(name, `${what}, is in ${outputName} (${whereabouts(text, index)})`);
    }
    return [...leaks.values()];
  }

  return {
    add,
    addToken(name, token, mayReach) {
      const [header = '', claims = '', signature = ''] = token.split('.');
      addWhole(`the header of ${name}`, header, mayReach);
      addWhole(`the claims of ${name}`, claims, mayReach);
      add(`the signature of ${name}`, signature, mayReach);
    },
    addKey(name, pem) {
      const lines = pem.split(/\r?\n/).filter((line) => !line.startsWith('-----') && line.length >= PIECE);
      for (const line of lines) add(name, line);
    },
    leaksIn: (outputs) => outputs.flatMap(leaksInOne),
    isIn: (name, { text }) => findingsIn(text).some(({ owners }) => owners.some((owner) => owner.name === name)),
  };
}
