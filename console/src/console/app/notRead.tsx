import type { ReactNode } from 'react'
import { ErrorNote } from './ErrorNote'

interface Read {
  error: unknown
  refetch: () => unknown
}

/** In place of a select's “nothing there”: that its options could not be read, and once more. */
export const notRead = ({ error, refetch }: Read): ReactNode => (error ? <ErrorNote error={error} retry={() => void refetch()} /> : undefined)
