import { useQueries } from '@tanstack/react-query'
import type { Evidence } from '@/shared/api/types'

export type HashState = 'checking' | 'right' | 'wrong' | 'unknown'

const hex = (bytes: ArrayBuffer): string => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')

async function check(item: Evidence): Promise<HashState> {
  // Browsers compute digests only where the connection is safe.
  if (!globalThis.crypto?.subtle) return 'unknown'
  const answer = await fetch(item.url)
  if (!answer.ok) return 'unknown'
  return hex(await crypto.subtle.digest('SHA-256', await answer.arrayBuffer())) === item.sha256 ? 'right' : 'wrong'
}

const MOST = 12

/** Computes the hash of what this browser received and compares it with the recorded one. */
export function useHashCheck(items: Evidence[]): Map<number, HashState> {
  const checked = items.slice(0, MOST)
  const results = useQueries({
    queries: checked.map((item) => ({ queryKey: ['hash', item.id, item.sha256], queryFn: () => check(item), staleTime: Infinity, retry: false })),
  })
  return new Map(checked.map((item, index) => [item.id, results[index]?.data ?? (results[index]?.isError ? 'unknown' : 'checking')]))
}
