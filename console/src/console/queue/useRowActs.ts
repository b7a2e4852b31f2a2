import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App } from 'antd'
import { useTranslation } from 'react-i18next'
import { acknowledgeAlert, pinIncident } from '@/shared/api/incidents'
import type { IncidentRow } from '@/shared/api/types'
import { touchIncident } from '../moves/useMoveDesk'

/** Small acts that need no dialog: pin and acknowledge. */
export function useRowActs(row: IncidentRow | undefined) {
  const { t } = useTranslation('console')
  const { message } = App.useApp()
  const client = useQueryClient()
  const after = {
    onError: (error: Error) => void message.error(error.message || t('shared:error.http')),
    onSettled: () => row && touchIncident(client, row.id),
  }
  const pin = useMutation({ mutationFn: (on: boolean) => pinIncident(row?.id ?? 0, on), ...after })
  const acknowledge = useMutation({ mutationFn: () => acknowledgeAlert(row?.id ?? 0), ...after })
  return {
    pin: () => row && pin.mutate(!row.pinned),
    acknowledge: () => acknowledge.mutate(),
  }
}
