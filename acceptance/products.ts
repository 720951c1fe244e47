/** The subgraph that Apollo's compatibility suite expects, on our server and endpoint with another schema. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parse } from 'graphql';
import { pino } from 'pino';
// The copy that uses the GraphQL.js of our server, not that of the routers here.
import { buildSubgraphSchema } from '../node_modules/@apollo/subgraph/dist/index.js';
import type { Context } from '../src/graphql/context.ts';
import { resolveEachRepresentation } from '../src/graphql/schema/entities.ts';
import { createKnownOperations } from '../src/graphql/execution/known-operations.ts';
import { createLive } from '../src/graphql/live.ts';
import { createGraphQLServer } from '../src/graphql/server.ts';
import { createFindDocument } from '../src/graphql/documents/trusted-documents.ts';
import { createValidation } from '../src/graphql/validation.ts';
import { createApp } from '../src/http/app.ts';
import { createCallbacks } from '../src/http/transports/callback.ts';
import { registerGraphQL } from '../src/http/transports/graphql.ts';
import { LISTENING } from '../src/http/transports/live.ts';
import { createSlots } from '../src/http/protection/slots.ts';
import { systemClock } from '../src/clock.ts';

const SUITE = '@apollo/federation-subgraph-compatibility-tests';
const schemaPath = createRequire(import.meta.url).resolve(`${SUITE}/products.graphql`);

/** The data that the suite expects: https://github.com/apollographql/apollo-federation-subgraph-compatibility/blob/main/CONTRIBUTORS.md */
const study = { caseNumber: '1234', description: 'Federation Study' };
const creator = {
  email: 'support@apollographql.com',
  name: 'Jane Smith',
  totalProductsCreated: 1_337,
  yearsOfEmployment: 10,
};
const dimensions = { size: 'small', weight: 1, unit: 'kg' };
const retired = {
  sku: 'apollo-federation-v1',
  package: '@apollo/federation-v1',
  reason: 'Migrate to Federation V2',
  createdBy: creator,
};
const research = [
  { study, outcome: null },
  { study: { caseNumber: '1235', description: 'Studio Study' }, outcome: null },
];
const products = [
  { id: 'apollo-federation', sku: 'federation', package: '@apollo/federation', variation: { id: 'OSS' } },
  { id: 'apollo-studio', sku: 'studio', package: '', variation: { id: 'platform' } },
].map((product, index) => ({
  ...product,
  dimensions,
  createdBy: creator,
  notes: null,
  research: research.slice(index, index + 1),
}));

interface ProductKey {
  readonly id?: string;
  readonly sku?: string;
  readonly package?: string;
  readonly variation?: { readonly id: string };
}

function findProduct({ id, sku, package: name, variation }: ProductKey): (typeof products)[number] | undefined {
  return products.find((product) =>
    id === undefined
      ? product.sku === sku && (product.package === name || product.variation.id === variation?.id)
      : product.id === id,
  );
}

function findRetired(key: Pick<ProductKey, 'sku' | 'package'>): typeof retired | undefined {
  return key.sku === retired.sku && key.package === retired.package ? retired : undefined;
}

const Query = {
  product: (_: unknown, { id }: ProductKey) => findProduct(id === undefined ? {} : { id }),
  deprecatedProduct: (_: unknown, key: ProductKey) => findRetired(key),
};
const entities = {
  Product: { __resolveReference: findProduct },
  DeprecatedProduct: { __resolveReference: findRetired },
  ProductResearch: {
    __resolveReference: (key: { study: { caseNumber: string } }) =>
      research.find((one) => one.study.caseNumber === key.study.caseNumber),
  },
  User: {
    __resolveReference: (reference: object) => ({ ...creator, ...reference }),
    averageProductsCreatedPerYear: (user: { totalProductsCreated: number; yearsOfEmployment: number }) =>
      Math.round(user.totalProductsCreated / user.yearsOfEmployment),
  },
  Inventory: { __resolveReference: ({ id }: ProductKey) => ({ id, deprecatedProducts: [retired] }) },
};

/** Open requests are not counted here. */
const admit = (): (() => void) => nothing;
const nothing = (): void => {};

function notHere(): never {
  throw new Error('The subgraph of products has no recordings.');
}

/** Apollo Server copies a context's own properties, so the throwing getters are on the prototype. */
const context: Context = Object.create({
  get recordings() {
    return notHere();
  },
  get contents() {
    return notHere();
  },
});

export interface Products {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Starts the subgraph. Resolves when it listens. */
export async function startProducts(): Promise<Products> {
  const log = pino({ level: 'silent' });
  const typeDefs = parse(readFileSync(schemaPath, 'utf8'));
  const resolvers = { Query, ...entities };
  const schema = resolveEachRepresentation(buildSubgraphSchema([{ typeDefs, resolvers }]), entities);
  const validate = createValidation({ schema, introspection: true });
  const find = createFindDocument(null, undefined);
  const known = createKnownOperations({ schema, validate, log, plannedAfter: 1 });
  const server = createGraphQLServer({
    schema,
    validate,
    known,
    introspection: true,
    remembersDocuments: true,
    logger: log,
  });
  await server.start();
  const app = createApp(log, systemClock);
  const live = {
    admit,
    openSession: async () => ({
      endsAtMs: null,
      caller: null,
      open: () => ({ context, end: () => undefined, freshForMs: () => 0 }),
    }),
    prepare: createLive({ schema, validate, find, log }),
    corsOrigins: [],
    clock: systemClock,
    slots: createSlots({ inAll: 1, perCaller: 1 }, LISTENING),
    closing: new AbortController().signal,
  };
  const callbacks = createCallbacks({ ...live, callbackUrls: [], log });
  const waitingRoom = { enter: async () => ({ waitedMs: 0, end: () => undefined }) };
  registerGraphQL(app, { ...live, server, waitingRoom, findKnown: known.find, find, callbacks });
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    url: `${origin}/graphql`,
    async close() {
      await app.close();
      await server.stop();
    },
  };
}
