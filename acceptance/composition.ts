/** Composition of subgraphs into a supergraph, by Apollo's library and by The Guild's. */
import { composeServices as composeByApollo } from '@apollo/composition';
import { compositionHasErrors, composeServices as composeByTheGuild } from '@theguild/federation-composition';
import { parse } from 'graphql';

export interface Subgraph {
  readonly name: string;
  /** The address of its endpoint. */
  readonly url: string;
  /** Its schema, as returned by `_service`. */
  readonly sdl: string;
}

/** Composes subgraphs into the SDL of a supergraph. Throws when they are incompatible. */
export type Compose = (subgraphs: readonly Subgraph[]) => string;

function parsed(subgraphs: readonly Subgraph[]): { name: string; url: string; typeDefs: ReturnType<typeof parse> }[] {
  return subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) }));
}

function misfit(errors: readonly Error[]): Error {
  return new Error(`Expected subgraphs that can be composed, but: ${errors.map(({ message }) => message).join(' ')}`);
}

/** The composer of Apollo's tools and Apollo Router. */
export const apolloComposition: Compose = (subgraphs) => {
  const { errors = [], supergraphSdl } = composeByApollo(parsed(subgraphs));
  if (supergraphSdl === undefined) throw misfit(errors);
  return supergraphSdl;
};

/** The composer of Hive. */
export const guildComposition: Compose = (subgraphs) => {
  const result = composeByTheGuild(parsed(subgraphs));
  if (compositionHasErrors(result)) throw misfit(result.errors);
  return result.supergraphSdl;
};
