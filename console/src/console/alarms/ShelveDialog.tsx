import { useMutation } from '@tanstack/react-query'
import { Button, Input, type ButtonProps } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { shelveAlarm } from '@/shared/api/alarms'
import { instantOfLocal, localOfInstant } from '@/shared/time'
import { cityNow } from '../app/clock'
import { Dialog } from '../app/Dialog'
import { ErrorNote } from '../app/ErrorNote'

const HOUR = 3_600_000
const SOON = [1, 8, 24] as const

/** For how long an alarm may be silent, and why. */
export function ShelveDialog({ id, close, done }: { id: number; close: () => void; done: () => void }) {
  const { t } = useTranslation('console')
  const [until, setUntil] = useState(localOfInstant(cityNow() + HOUR))
  const [reason, setReason] = useState('')
  const act = useMutation({ mutationFn: () => shelveAlarm(id, instantOfLocal(until), reason.trim()), onSuccess: done })
  return (
    <Dialog
      open
      title={t('alarms.shelve')}
      onCancel={close}
      onOk={() => act.mutate()}
      okText={t('alarms.send')}
      cancelText={t('alarms.cancel')}
      okButtonProps={{ disabled: reason.trim().length < 2 || !until, loading: act.isPending, 'data-testid': 'confirm' } as ButtonProps}
    >
      <div className="press-fields" data-testid="shelve-dialog">
        <p className="meta">{t('alarms.shelveHint')}</p>
        <label>
          <span>{t('alarms.end')}</span>
          <span className="press-until">
            <Input type="datetime-local" min={localOfInstant(cityNow())} value={until} onChange={(event) => setUntil(event.target.value)} aria-label={t('alarms.end')} />
            {SOON.map((hours) => (
              <Button key={hours} size="small" onClick={() => setUntil(localOfInstant(cityNow() + hours * HOUR))}>
                {t('alarms.hours', { count: hours })}
              </Button>
            ))}
          </span>
        </label>
        <label>
          <span>{t('alarms.reason')}</span>
          <Input.TextArea value={reason} onChange={(event) => setReason(event.target.value)} autoSize={{ minRows: 2 }} maxLength={500} />
        </label>
        {act.error && <ErrorNote error={act.error} />}
      </div>
    </Dialog>
  )
}
