/** The words of the page around what was measured. */

export const HOW_TO_READ = `How fast the gateway answers, next to what could be at best and to what others make of the same. Written by
\`npm run bench -- queries --write\`, which takes some ten minutes; \`--quick\` takes one, and measures the limit and the
gateway alone.

The **limit** is a bare Node.js server that is written for these jobs alone: it asks Graph by \`undici\` and \`$batch\`, in as
few round trips as can be, believes what comes, and prints the same JSON with no GraphQL. Figures in brackets are ratios
to it. Of operations in a second more is better; of everything else less is.

All take turns in short slices of the same run, over a stand-in for Graph with replies that are made beforehand, and all
ratios are of slices of the same round, of which the middle is printed. So a busy machine hardly changes the ratios
of one run, while absolute figures say nothing about another. The contestant, the stand-in and the load are a process each. Where they
share few cores, the stand-in and the load take the same from everybody, so that slower ones look nearer to the limit
than they are: CPU for each operation shows what each takes itself.

Each operation asks for an organizer of its own, so that none has anything to share with another, and nothing is cached
between them. Everybody may have 256 connections to Graph; for the gateway that is \`GRAPH_CONCURRENCY\`. It may
take 60 seconds for an operation, and has 60 seconds before it refuses anybody, because others never do either; all else is as it is by default. All
run with \`--no-memory-reducer\`: taking turns leaves each idle for seconds, in which V8 would give memory back and drop compiled code
([decision 0037](decisions/0037-speed-as-a-ratio-to-a-limit.md)), so that MiB is more than one holds that may rest. Before anything is measured, the data of all answers is compared, and must be equal.
`;

export const CONTESTANTS: readonly (readonly [name: string, what: string])[] = [
  ['limit', 'what could be at best, as above; it shares no batch between operations'],
  [
    'gateway',
    'this gateway as `npm start` runs it, but for the above, with `NODE_ENV=production` and everything it does to be safe',
  ],
  ['Mercurius', 'its own loaders below the roots, DataLoader at them, and its JIT from the first request on'],
  ['Yoga', 'GraphQL Yoga over Node.js, with DataLoader, its own caches of documents, and the JIT plugin of Envelop'],
  ['Apollo Server', 'over Fastify, with DataLoader'],
  [
    'Hive Gateway',
    'over the OpenAPI handler of GraphQL Mesh, with our fields as additional ones, the same DataLoader below its HTTP, and the JIT plugin of Envelop; it takes `_entities` out of a supergraph, so the field is added to what it makes of it',
  ],
  [
    'Graph client',
    'no gateway: what an application does by itself through `@microsoft/microsoft-graph-client`, written for each job as the limit is',
  ],
];

export const WHERE_TIME_GOES = `## Where the time goes

What the processor does for one operation, 32 at once over a Graph that takes no time, by profiles of the limit and of the gateway in
a race of their own. \`npm run bench -- queries --quick --profile <folder>\` has Node.js write that of the gateway into the folder, as a
\`.cpuprofile\`: the performance panel of Chromium's developer tools opens it, or [speedscope](https://www.speedscope.app).
`;

export const WHY_IT_IS_SO = `The limit parses, reads and writes as much. What it does not do is to hold for each part who asked, whose turn it is, what that costs whom,
and who else wants the same; to look at types; to load each thing once; and to keep a log, metrics and bounds. Each of these is some
microseconds for each of 51 or 100 parts, and no function of them a twentieth of the whole. So the targets that count operations in a second
are missed, and not by one thing.
Where Graph takes its time and one is asked at once, the gateway is within a few hundredths of the limit. With 32 all wait for the processor
too; that they no longer wait for each other besides is [decision 0043](decisions/0043-no-convoys.md).
`;
