import { useTranslation } from 'react-i18next'
import type { Tracking } from '@/shared/api/types'
import { shortTime } from '@/shared/time'

/** Like a parcel: named steps with unit and time, what comes next and until when, and why it takes longer. */
export function TrackView({ data }: { data: Tracking }) {
  const { t } = useTranslation(['phone', 'shared'])
  return (
    <>
      <section className="card">
        <h2>{data.title} {data.simulated && <span className="chip">{t('shared:simulated')}</span>}</h2>
        <p className="meta">{data.place}</p>
        <p className="meta">{t('track.number')} {data.number}</p>
        {data.former && <p className="meta">{t('track.former', { number: data.former })}</p>}
        <p><span className="chip strong" data-testid="tracking-state" data-state={data.state}>{data.state_label}</span></p>
        {data.promised_at && <p data-testid="promised">{t('track.promised', { time: shortTime(data.promised_at) })}</p>}
        {data.holder && <p>{t('track.holder', { holder: data.holder })}</p>}
        {data.next_words && <p data-testid="next">{t('track.next', { words: data.next_words })}</p>}
        {data.delay && (
          <p className="note" role="note" data-testid="delay" data-kind={data.delay.kind}>
            <b>{t('track.delay')}</b> {data.delay.text}
            {data.delay.kind !== 'deferred' && <> · {data.delay.until ? t('track.newPromise', { time: shortTime(data.delay.until) }) : t('track.noPromise')}</>}
          </p>
        )}
      </section>
      <section className="card">
        <ol className="parcel">
          {data.steps.map((step) => (
            <li key={step.name} data-testid="tracking-step" data-done={step.done} className={step.done ? 'done' : step.now ? 'now' : ''} aria-current={step.now ? 'step' : undefined}>
              <span className="parcel-mark" aria-hidden="true">{step.done ? '✓' : step.now ? '●' : '○'}</span>
              <strong>{step.label}</strong>
              {step.at && <span className="meta">{shortTime(step.at)}</span>}
              {step.now && step.until && <span className="meta" data-testid="step-until">{t('track.until', { time: shortTime(step.until) })}</span>}
              {step.who && <span className="meta parcel-who">{step.who}</span>}
            </li>
          ))}
        </ol>
      </section>
      {data.merged_into && <p className="card" data-testid="merged-into">{t('track.merged', { number: data.merged_into, count: data.reports })}</p>}
      {data.messages.length > 0 && (
        <section className="card">
          <h2>{t('track.messages')}</h2>
          <ul className="messages">{data.messages.map((text, place) => <li key={place}>{text}</li>)}</ul>
        </section>
      )}
    </>
  )
}
