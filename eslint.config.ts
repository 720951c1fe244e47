import graphqlPlugin from '@graphql-eslint/eslint-plugin';

/** The directives that `@link` imports into the schema: https://specs.apollo.dev/federation/v2.9 */
const federation = `
  directive @cost(weight: Int!) on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | OBJECT | SCALAR
  directive @key(fields: String!) repeatable on OBJECT | INTERFACE
  directive @link(url: String!, import: [String!]) repeatable on SCHEMA
  directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION
  directive @shareable on FIELD_DEFINITION | OBJECT
  directive @tag(name: String!) repeatable on FIELD_DEFINITION | OBJECT
`;

// ESLint checks the schema only; oxlint checks TypeScript.
// oxlint-disable-next-line import/no-default-export
export default [
  {
    files: ['schema.graphql'],
    languageOptions: {
      parser: graphqlPlugin.parser,
      parserOptions: { graphQLConfig: { schema: ['schema.graphql', federation] } },
    },
    plugins: { '@graphql-eslint': graphqlPlugin },
    rules: {
      ...graphqlPlugin.configs['flat/schema-recommended'].rules,
      // A one-line description is easier to read in plain quotes than in a three-line block string.
      '@graphql-eslint/description-style': 'off',
      // The names are Microsoft's: enumeration members in camel case, a user's userPrincipalName.
      '@graphql-eslint/naming-convention': 'off',
      '@graphql-eslint/no-typename-prefix': 'off',
      // In Graph most types are complex types, which have no key.
      '@graphql-eslint/strict-id-in-types': 'off',
      '@graphql-eslint/require-description': [
        'error',
        {
          types: true,
          FieldDefinition: true,
          InputValueDefinition: true,
          EnumValueDefinition: true,
          DirectiveDefinition: true,
        },
      ],
    },
  },
];
