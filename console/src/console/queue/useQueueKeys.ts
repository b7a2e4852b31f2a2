import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import type { IncidentRow } from '@/shared/api/types'
import { typing } from '../shell/useShellKeys'

interface Desk {
  rows: IncidentRow[]
  at: number | undefined
  stand: (id: number | undefined) => void
  mark: (id: number) => void
  clear: () => void
  marked: ReadonlySet<number>
  fresh: () => void
}

/** Where the arrows already mean something else: the map, tabs, a group of choices. */
const ownArrows = (event: KeyboardEvent): boolean => event.target instanceof HTMLElement && event.target !== document.body && !event.target.closest('[role="listbox"]')

/** Triage by keyboard: j/k or the arrows move, x marks, o opens, n shows what is new, Esc steps back. Enter belongs to the peek card. */
export function useQueueKeys(desk: Desk): void {
  const navigate = useNavigate()
  useEffect(() => {
    const step = (by: number) => {
      const index = desk.rows.findIndex((row) => row.id === desk.at)
      const target = desk.rows[index < 0 ? 0 : Math.max(0, Math.min(desk.rows.length - 1, index + by))]
      if (target) desk.stand(target.id)
    }
    const keys: Record<string, () => void> = {
      j: () => step(1),
      k: () => step(-1),
      ArrowDown: () => step(1),
      ArrowUp: () => step(-1),
      x: () => desk.at && desk.mark(desk.at),
      o: () => desk.at && void navigate({ to: '/incidents/$id', params: { id: desk.at } }),
      n: desk.fresh,
      Escape: () => (desk.marked.size > 0 ? desk.clear() : desk.stand(undefined)),
    }
    const onKey = (event: KeyboardEvent) => {
      if (typing(event) || event.metaKey || event.ctrlKey || event.altKey) return
      const act = keys[event.key]
      if (!act || (event.key.startsWith('Arrow') && ownArrows(event))) return
      event.preventDefault()
      act()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  })
}
