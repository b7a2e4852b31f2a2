import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { readClock } from '@/shared/api/city'

const TICK = 20_000

/** The city's now in milliseconds: real time plus the demo clock's offset, renewed every 20 s. */
export function useNow(): number {
  const { data } = useQuery({ queryKey: ['clock'], queryFn: readClock, refetchInterval: TICK, staleTime: TICK })
  const offset = (data?.offset_s ?? 0) * 1000
  const [real, setReal] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setReal(Date.now()), TICK)
    return () => clearInterval(timer)
  }, [])
  return real + offset
}
