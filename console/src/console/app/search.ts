type Raw = Record<string, unknown>

/**
 * A parser of search parameters as a route takes it: what the parser refuses is gone. Alone it would be merged over the
 * raw parameters, and a bad value typed into the address would reach the server.
 */
export const strictly =
  <T extends object>(parse: (raw: Raw) => T) =>
  (raw: Raw): T => ({ ...(Object.fromEntries(Object.keys(raw).map((name) => [name, undefined])) as object), ...parse(raw) }) as T
