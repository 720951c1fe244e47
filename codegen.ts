import type { CodegenConfig } from '@graphql-codegen/cli';

/**
 * Generates from `schema.graphql` the types that the resolvers must satisfy, and those of the viewer's operations.
 */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  generates: {
    'src/graphql/resolvers.generated.ts': {
      plugins: ['typescript', 'typescript-resolvers'],
      config: {
        federation: true,
        useTypeImports: true,
        useIndexSignature: true,
        enumsAsTypes: true,
        immutableTypes: true,
        strictScalars: true,
        maybeValue: 'T | null',
        importExtension: '',
        emitLegacyCommonJSImports: false,
        avoidOptionals: { field: true, inputValue: false, object: false, defaultValue: false, resolvers: false },
        contextType: './context.ts#Context',
        scalars: { DateTime: 'string', _FieldSet: 'string' },
        mappers: {
          CallRecording: '../recordings/call-recording.ts#CallRecording as CallRecordingModel',
          CallRecordingContent: '../recordings/content.ts#CallRecordingContent as CallRecordingContentModel',
          CallRecordingDelta: '../recordings/call-recording-delta.ts#CallRecordingDelta as CallRecordingDeltaModel',
          CallRecordingConnection: '../recordings/list.ts#CallRecordingPage',
          CallRecordingEdge: '../recordings/list.ts#CallRecordingEdge as CallRecordingEdgeModel',
          Identity: '../recordings/identity.ts#Identity as IdentityModel',
          IdentitySet: '../recordings/identity.ts#IdentitySet as IdentitySetModel',
          OnlineMeeting: '../recordings/online-meeting.ts#OnlineMeeting as OnlineMeetingModel',
          User: '{ readonly id: string }',
        },
      },
    },
    'web/src/graphql.generated/': {
      preset: 'client',
      documents: 'web/src/**/*.{ts,tsx}',
      presetConfig: { fragmentMasking: { unmaskFunctionName: 'readFragment' } },
      config: {
        federation: true,
        useTypeImports: true,
        enumType: 'string-literal',
        immutableTypes: true,
        strictScalars: true,
        importExtension: '.ts',
        scalars: { DateTime: 'string', ID: 'string', _FieldSet: 'string' },
      },
    },
  },
};

// The generator finds its configuration as the default export.
// oxlint-disable-next-line import/no-default-export
export default config;
