import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Input, type ButtonProps } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { moveMany } from '@/shared/api/incidents'
import type { MoveResult, Need } from '@/shared/api/types'
import { instantOfLocal, localOfInstant } from '@/shared/time'
import { cityNow } from '../app/clock'
import { Dialog } from '../app/Dialog'
import { ErrorNote } from '../app/ErrorNote'
import { touchIncident } from '../moves/useMoveDesk'

const HOUR = 3_600_000
const SOON = [2, 4] as const

export interface Press {
  move: string
  needs: Need[]
  ids: number[]
}

/** Supervise, urge, accept or refuse: one incident or many, with the text and the deadline that the move asks for. */
export function PressDialog({ press, close, done }: { press: Press; close: () => void; done: (results: MoveResult[]) => void }) {
  const { t } = useTranslation('console')
  const client = useQueryClient()
  const [values, setValues] = useState<Record<string, string>>({})
  const set = (name: string, value: string) => setValues((old) => ({ ...old, [name]: value }))
  const shown = press.needs.filter((need) => need.kind === 'text' || need.kind === 'time')
  const lacking = shown.some((need) => need.required && !values[need.name]?.trim())
  const act = useMutation({
    mutationFn: () => {
      const filled = Object.entries(values).filter(([, value]) => value.trim())
      const given = filled.map(([name, value]) => [name, name === 'until' ? instantOfLocal(value) : value.trim()])
      return moveMany(press.ids, { move: press.move, ...Object.fromEntries(given) })
    },
    onSuccess: (results) => {
      press.ids.forEach((id) => touchIncident(client, id))
      done(results)
    },
  })
  return (
    <Dialog
      open
      title={t(`supervision.press.${press.move}`)}
      onCancel={close}
      onOk={() => act.mutate()}
      okText={t('supervision.send')}
      cancelText={t('supervision.cancel')}
      okButtonProps={{ disabled: lacking, loading: act.isPending, 'data-testid': 'confirm' } as ButtonProps}
    >
      <div className="press-fields" data-testid="press-dialog">
        {press.ids.length > 1 && <p className="meta">{t('supervision.marked', { count: press.ids.length })}</p>}
        {shown.map((need) => (
          <label key={need.name} data-need={need.name}>
            <span>{press.move === 'supervise' && need.name === 'note' ? t('supervision.note') : need.kind === 'time' ? t('supervision.until') : t(`supervision.field.${need.name}`)}</span>
            {need.kind === 'time' ? (
              <Until value={values[need.name] ?? ''} set={(value) => set(need.name, value)} />
            ) : (
              <Input.TextArea value={values[need.name] ?? ''} onChange={(event) => set(need.name, event.target.value)} autoSize={{ minRows: 2 }} maxLength={1000} />
            )}
          </label>
        ))}
        {act.error && <ErrorNote error={act.error} />}
      </div>
    </Dialog>
  )
}

function Until({ value, set }: { value: string; set: (value: string) => void }) {
  const { t } = useTranslation('console')
  const after = (hours: number) => set(localOfInstant(cityNow() + hours * HOUR))
  return (
    <span className="press-until">
      <Input type="datetime-local" min={localOfInstant(cityNow())} value={value} onChange={(event) => set(event.target.value)} aria-label={t('supervision.until')} />
      {SOON.map((hours) => (
        <Button key={hours} size="small" onClick={() => after(hours)} data-testid={`until-${hours}`}>
          {t('supervision.hours', { count: hours })}
        </Button>
      ))}
      <Button size="small" onClick={() => after(24)}>
        {t('supervision.tomorrow')}
      </Button>
    </span>
  )
}
