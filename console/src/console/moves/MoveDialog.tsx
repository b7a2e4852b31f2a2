import { useIsFetching, useQuery } from '@tanstack/react-query'
import { Button, Form } from 'antd'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { guessCategory } from '@/shared/api/incidents'
import type { Guess, IncidentDetail, Need } from '@/shared/api/types'
import { instantOfLocal } from '@/shared/time'
import { Dialog } from '../app/Dialog'
import { ErrorNote } from '../app/ErrorNote'
import { GuessChips } from '../classification/GuessChips'
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
  const guesses = useGuess(needs, detail, (code) => form.getFieldValue('category') ?? form.setFieldValue('category', code))
  const category = Form.useWatch('category', form) as string | undefined
  const wide = needs.some((need) => need.kind === 'units' || need.kind === 'incident' || need.kind === 'reports')
  const proposing = useIsFetching({ queryKey: ['proposal', detail.row.id] }) > 0
  const finish = (values: Record<string, unknown>) => send(readValues(values, needs))
  return (
    <Dialog
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
            <Fragment key={need.name}>
              <NeedField need={need} action={action} detail={detail} />
              {need.name === 'category' && guesses.length > 0 && (
                <div className="move-guesses">
                  <GuessChips guesses={guesses} chosen={category} pick={(code) => form.setFieldValue('category', code)} />
                </div>
              )}
            </Fragment>
          ))}
        </Form>
        {error ? <ErrorNote error={error} /> : null}
      </div>
    </Dialog>
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

const NONE: Guess[] = []

/** What the report's words speak for: the best one is filled in where there is no category yet; the officer decides. */
function useGuess(needs: Need[], detail: IncidentDetail, take: (code: string) => void): Guess[] {
  const empty = !detail.row.category
  const { data } = useQuery({
    queryKey: ['guess', detail.text, detail.row.title],
    queryFn: async ({ signal }) => {
      const guesses = await guessCategory(detail.text, signal, detail.row.title)
      if (guesses[0] && empty) take(guesses[0].code)
      return guesses
    },
    enabled: needs.some((need) => need.name === 'category'),
  })
  return data?.slice(0, 3) ?? NONE
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
