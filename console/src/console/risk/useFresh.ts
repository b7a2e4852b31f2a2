import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useLive } from '../live/live'

const FLASH_MS = 12_000
const GATHER_MS = 700

/** Alarms that have just rung, by key; whatever else the stream tells makes the page read again, a burst of it once. */
export function useFresh(): ReadonlySet<string> {
  const client = useQueryClient()
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set())
  const timers = useRef(new Set<ReturnType<typeof setTimeout>>())
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined)
  const later = (run: () => void, ms: number) => {
    const timer = setTimeout(() => {
      timers.current.delete(timer)
      run()
    }, ms)
    timers.current.add(timer)
    return timer
  }
  useEffect(() => {
    const all = timers.current
    return () => {
      all.forEach(clearTimeout)
      waiting.current = undefined
    }
  }, [])
  useLive((news) => {
    if (news.type === 'alarm' && (news.data.what === 'raised' || news.data.what === 'up')) {
      const key = `alarm-${news.data.id}`
      setFresh((old) => new Set(old).add(key))
      later(() => setFresh((old) => new Set([...old].filter((one) => one !== key))), FLASH_MS)
    }
    if (news.type === 'link' || waiting.current) return
    waiting.current = later(() => {
      waiting.current = undefined
      void client.invalidateQueries({ queryKey: ['risk'] })
    }, GATHER_MS)
  })
  return fresh
}
