import { useIsFetching, useQuery } from '@tanstack/react-query'
import { Button, Form, Modal } from 'antd'
import { useTranslation } from 'react-i18next'
import { guessCategory } from '@/shared/api/incidents'
import type { IncidentDetail, Need } from '@/shared/api/types'
import { instantOfLocal } from '@/shared/time'
import { ErrorNote } from '../app/ErrorNote'
import { NeedField } from './NeedField'
import { askedNeeds, GRAVE, type Action } from './moves'
import './moves.css'

interface Props {
  action: Action
  detail: IncidentDetail
  preset?: Record<string, unknown>
  busy: boolean
  error: unknown
  send: (values: Record<string, unknown>) => void
  close: () => void
}

/** A form of exactly what the move needs. Ctrl-Enter sends. */
export function MoveDialog({ action, detail, preset, busy, error, send, close }: Props) {
  const { t } = useTranslation('console')
  const [form] = Form.useForm<Record<string, unknown>>()
  const needs = askedNeeds(action, detail)
  useGuess(needs, detail, (code) => form.getFieldValue('category') ?? form.setFieldValue('category', code))
  const wide = needs.some((need) => need.kind === 'units' || need.kind === 'incident' || need.kind === 'reports')
  const proposing = useIsFetching({ queryKey: ['proposal', detail.row.id] }) > 0
  const finish = (values: Record<string, unknown>) => send(readValues(values, needs))
  return (
    <Modal
      open
      title={action.label}
      width={wide ? 720 : 480}
      onCancel={close}
      destroyOnHidden
      footer={[
        <Button key="no" onClick={close}>
          {t('moves.cancel')}
        </Button>,
        <Button key="yes" type="primary" danger={GRAVE.has(action.moves[0] ?? '')} loading={busy} disabled={wide && proposing} onClick={() => form.submit()} data-testid="confirm">
          {action.label}
        </Button>,
      ]}
    >
      <div
        data-testid="move-dialog"
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.submit()
        }}
      >
        <p className="meta">
          {detail.row.number} · {detail.row.title}
        </p>
        <Form form={form} layout="vertical" onFinish={finish} initialValues={{ ...initial(needs, detail), ...preset }} requiredMark="optional" disabled={busy}>
          {needs.map((need) => (
            <NeedField key={need.name} need={need} action={action} detail={detail} />
          ))}
        </Form>
        {error ? <ErrorNote error={error} /> : null}
      </div>
    </Modal>
  )
}

function initial(needs: Need[], detail: IncidentDetail): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const need of needs) {
    if (need.name === 'category' && detail.row.category && !needs.some((other) => other.name === 'reports')) values.category = detail.row.category
    if (need.name === 'level') values.level = detail.row.level
    if (need.name === 'outcome' && detail.outcome) values.outcome = detail.outcome
  }
  return values
}

/** Words in the report that hint at a category fill it in; the officer decides. */
function useGuess(needs: Need[], detail: IncidentDetail, take: (code: string) => void): void {
  const asked = needs.some((need) => need.name === 'category') && !detail.row.category
  const text = `${detail.row.title} ${detail.text}`
  useQuery({
    queryKey: ['guess', text],
    queryFn: async ({ signal }) => {
      const guesses = await guessCategory(text, signal)
      if (guesses[0]) take(guesses[0].code)
      return guesses
    },
    enabled: asked,
  })
}

function readValues(values: Record<string, unknown>, needs: Need[]): Record<string, unknown> {
  const read = { ...values }
  for (const need of needs) {
    const value = read[need.name]
    if (need.kind === 'time' && typeof value === 'string' && value) read[need.name] = instantOfLocal(value)
    if (need.name === 'measures') read.measures = value === undefined || value === null ? undefined : { fine_yuan: value }
    if (need.name === 'solved') read.solved = value === 'yes'
  }
  return read
}
