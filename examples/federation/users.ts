/** The directory of people. It owns the fields of `User` except the names. */
import { startSubgraph } from './subgraph.ts';
import type { Subgraph } from './subgraph.ts';

export interface Person {
  /** The object id in Entra ID. */
  readonly id: string;
  readonly displayName: string;
  readonly jobTitle: string;
  readonly mail: string;
}

/** Starts the subgraph with these people. Resolves when it listens. */
export function startUsers(people: readonly Person[], port = 0): Promise<Subgraph> {
  return startSubgraph({
    schema: 'users.graphql',
    port,
    resolvers: {
      Query: {
        person: (_: unknown, { mail }: Pick<Person, 'mail'>) => people.find((person) => person.mail === mail),
      },
      User: {
        __resolveReference: ({ id }: Pick<Person, 'id'>) => people.find((person) => person.id === id),
      },
    },
  });
}
