import { useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { App } from 'antd'
import { useCallback, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { moveIncident, moveOrder, readIncident } from '@/shared/api/incidents'
import { isProblem } from '@/shared/api/problem'
import type { IncidentDetail, MoveIn } from '@/shared/api/types'
import { useLive } from '../live/live'
import { touchQueue } from '../queue/useQueue'
import { ALERTS } from '../shell/useAlerts'
import { MoveDialog } from './MoveDialog'
import { isDirect, movesOf, type Action } from './moves'

export const incidentKey = (id: number) => ['incident', id] as const

/** After something was done, everything that shows it is read again. */
export function touchIncident(client: QueryClient, id: number): void {
  void client.invalidateQueries({ queryKey: incidentKey(id) })
  void client.invalidateQueries({ queryKey: ['proposal', id] })
  void client.invalidateQueries({ queryKey: ['counts'] })
  void client.invalidateQueries({ queryKey: ['map-points'] })
  void client.invalidateQueries({ queryKey: ALERTS })
  void touchQueue(client)
}

/** What others do to an incident that is on the screen is read again at once. */
export function useIncidentNews(id: number): void {
  const client = useQueryClient()
  useLive((news) => {
    if (news.type === 'reset') touchIncident(client, id)
    if (news.type === 'incident' && news.data.id === id) touchIncident(client, id)
    if (news.type === 'workorder' && news.data.incident === id) touchIncident(client, id)
  })
}

export interface MoveDesk {
  /** `preset`: values that the dialog begins with */
  start: (action: Action, preset?: Record<string, unknown>) => void
  busy: boolean
  dialog: ReactNode
}

/** Makes moves of one incident and its work orders: at once where one key is enough, else by a dialog of its needs. */
export function useMoveDesk(detail: IncidentDetail | undefined): MoveDesk {
  const { t } = useTranslation('console')
  const { message } = App.useApp()
  const client = useQueryClient()
  const [open, setOpen] = useState<{ action: Action; preset: Record<string, unknown> } | null>(null)
  const id = detail?.row.id ?? 0
  const make = useMutation({
    mutationFn: async ({ action, moves }: { action: Action; moves: MoveIn[] }) => {
      if (!action.order) return moveIncident(id, moves, detail?.row.version)
      await moveOrder(action.order, moves.map(({ order: _order, ...move }) => move as MoveIn))
      return readIncident(id)
    },
    onSuccess: (fresh, { action }) => {
      setOpen(null)
      client.setQueryData(incidentKey(id), fresh)
      touchIncident(client, id)
      void message.success(t('moves.done', { move: action.label, state: t(`shared:state.${fresh.row.state}`) }))
    },
    onError: (error) => {
      if (!isProblem(error) || error.code !== 'incidents.changed') return
      void message.warning(t('moves.changed'))
      touchIncident(client, id)
    },
  })
  const { mutate, isPending } = make
  const start = useCallback(
    (action: Action, preset: Record<string, unknown> = {}) => {
      if (isPending) return
      make.reset()
      if (!isDirect(action, detail ?? null)) return setOpen({ action, preset })
      mutate(
        { action, moves: movesOf(action, {}) },
        { onError: (error) => void message.error(error.message || t('shared:error.http')) },
      )
    },
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the mutation object itself changes on every render
    [detail, isPending, mutate, message, t],
  )
  const dialog =
    open && detail ? (
      <MoveDialog
        key={open.action.key}
        action={open.action}
        preset={open.preset}
        detail={detail}
        busy={isPending}
        error={make.error}
        send={(values) => mutate({ action: open.action, moves: movesOf(open.action, values) })}
        close={() => setOpen(null)}
      />
    ) : null
  return { start, busy: isPending, dialog }
}
