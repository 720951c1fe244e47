/** Composition: from subgraphs a supergraph, by Apollo's library and by The Guild's. */
import { composeServices as composeByApollo } from '@apollo/composition';
import { compositionHasErrors, composeServices as composeByTheGuild } from '@theguild/federation-composition';
import { parse } from 'graphql';

export interface Subgraph {
  readonly name: string;
  /** Where it is asked. */
  readonly url: string;
  /** What it says of itself when it is asked for its `_service`. */
  readonly sdl: string;
}

/** Composes subgraphs into the SDL of a supergraph. Throws when they do not fit together. */
export type Compose = (subgraphs: readonly Subgraph[]) => string;

function parsed(subgraphs: readonly Subgraph[]): { name: string; url: string; typeDefs: ReturnType<typeof parse> }[] {
  return subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) }));
}

function misfit(errors: readonly Error[]): Error {
  return new Error(`Expected subgraphs that fit together, but: ${errors.map(({ message }) => message).join(' ')}`);
}

/** What Apollo's tools and Apollo Router compose with. */
export const apolloComposition: Compose = (subgraphs) => {
  const { errors = [], supergraphSdl } = composeByApollo(parsed(subgraphs));
  if (supergraphSdl === undefined) throw misfit(errors);
  return supergraphSdl;
};

/** What Hive composes with. */
export const guildComposition: Compose = (subgraphs) => {
  const result = composeByTheGuild(parsed(subgraphs));
  if (compositionHasErrors(result)) throw misfit(result.errors);
  return result.supergraphSdl;
};
