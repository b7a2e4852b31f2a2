import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { listChanges, undoChange } from '@/shared/api/admin'
import { useProven } from './useProven'

const UNDO_SECONDS = 10

interface Options<R> {
  /** what the toast says */
  done: string
  then?: (result: R) => void
}

/** An administrative act: asks for the second factor where it is stale, then offers 撤销 for ten seconds. */
export function useAct<A, R>(run: (given: A) => Promise<R>, { done, then }: Options<R>) {
  const client = useQueryClient()
  const guard = useProven()
  const offer = useOffer()
  return useMutation({
    mutationFn: (given: A) => guard(() => run(given)),
    onSuccess: async (result: R) => {
      then?.(result)
      void client.invalidateQueries()
      const [newest] = await listChanges({ limit: 1 })
      offer(done, newest && newest.change.undone_by === null ? newest.change.id : null)
    },
  })
}

/** Takes a change back; its own toast offers nothing further, the list of changes does. */
export function useUndo() {
  const { t } = useTranslation('console')
  const client = useQueryClient()
  const guard = useProven()
  const { message } = App.useApp()
  return useMutation({
    mutationFn: (change: number) => guard(() => undoChange(change)),
    onSuccess: () => void message.success(t('admin.undone')),
    onError: (error) => void message.error(error.message, 6),
    onSettled: () => void client.invalidateQueries(),
  })
}

function useOffer() {
  const { t } = useTranslation('console')
  const { message } = App.useApp()
  const undo = useUndo()
  return (done: string, change: number | null) => {
    const key = `act-${change ?? 'none'}`
    const back = () => {
      message.destroy(key)
      if (change !== null) undo.mutate(change)
    }
    const content = (
      <>
        {done}
        {change !== null && (
          <Button type="link" size="small" onClick={back} data-testid="undo-toast">
            {t('admin.undo')}
          </Button>
        )}
      </>
    )
    void message.open({ key, type: 'success', duration: UNDO_SECONDS, content })
  }
}
