import { Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Step, WorkOrder } from '@/shared/api/types'
import { shortTime } from '@/shared/time'
import { Thumbs } from '../queue/Thumbs'
import { linesOf, stepTone, whyWords } from './steps'

type Filter = 'all' | 'people' | 'system'

/** What happened, in order; never edited. */
export function Timeline({ steps, orders }: { steps: Step[]; orders: WorkOrder[] }) {
  const { t, i18n } = useTranslation('console')
  const [filter, setFilter] = useState<Filter>('all')
  const [newestFirst, setNewestFirst] = useState(false)
  // What the clocks say names a stage; people and rules write sentences.
  const words = (step: Step) => (i18n.exists(`shared:stage.${step.text}`) ? t('timeline.stage', { stage: t(`shared:stage.${step.text}`) }) : step.text)
  const system = (step: Step) => step.actor_kind === 'system'
  const kept = steps.filter((step) => filter === 'all' || system(step) === (filter === 'system'))
  const lines = linesOf(kept, new Map(orders.map((order) => [order.id, order.unit.name])))
  const shown = newestFirst ? [...lines].reverse() : lines
  const counts = { all: steps.length, system: steps.filter(system).length }
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('timeline.title')}</h2>
        <Segmented
          className="no-print"
          size="small"
          aria-label={t('timeline.title')}
          value={filter}
          onChange={setFilter}
          options={[
            { value: 'all', label: `${t('timeline.all')} ${counts.all}` },
            { value: 'people', label: `${t('timeline.people')} ${counts.all - counts.system}` },
            { value: 'system', label: `${t('timeline.system')} ${counts.system}` },
          ]}
        />
        <span className="grow" />
        <button type="button" className="chip chip-button no-print" onClick={() => setNewestFirst(!newestFirst)}>
          {t(newestFirst ? 'timeline.newest' : 'timeline.oldest')}
        </button>
      </div>
      <ol className="timeline" data-testid="timeline">
        {shown.map(({ step, units, said }) => (
          <li key={step.id} data-move={step.move}>
            <span className="timeline-dot" style={{ background: `var(${stepTone(step)})` }} />
            <time dateTime={step.at}>{shortTime(step.at, true)}</time>
            <div>
              <p className="timeline-what">
                {step.unit ?? ''} {step.actor} <b>{step.label}</b> {units.join('、')}
              </p>
              {step.text && !said && <p className="timeline-text">{words(step)}</p>}
              {!said && whyWords(step).map((line) => (
                <p key={line} className="meta">
                  {line}
                </p>
              ))}
              <Thumbs evidence={step.evidence} shown={4} />
            </div>
          </li>
        ))}
      </ol>
      {shown.length === 0 && <p className="meta">{t('timeline.empty')}</p>}
    </section>
  )
}
