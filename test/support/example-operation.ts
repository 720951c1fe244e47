/** The operations with their names, which GraphiQL shows on the tabs. */
export function named(operations: readonly string[]): { readonly name: string; readonly operation: string }[] {
  return operations.map((operation) => ({
    name: /^(?:query|subscription) (\w+)/mu.exec(operation)?.[1] ?? '',
    operation,
  }));
}
