import { useTranslation } from 'react-i18next'
import { LOOP } from '../levels'
import './ClosedLoop.css'

interface Props {
  /** names of the loop that are behind us, as in `IncidentDetail.steps_passed` */
  passed: readonly string[]
  now: string
  /** who has to act, in words, and since when (already formatted) */
  holder?: string
  since?: string
  /** bars for cards, dots for pages */
  shape?: 'bars' | 'dots'
}

/** The closed loop: steps passed, current and to come; who holds it; since when. */
export function ClosedLoop({ passed, now, holder, since, shape = 'bars' }: Props) {
  const { t } = useTranslation('shared')
  const status = (step: string) => (step === now ? 'now' : passed.includes(step) ? 'passed' : 'ahead')
  return (
    <div className={`loop loop-${shape}`}>
      <ol aria-label={t('closedLoop.label')}>
        {LOOP.map((step) => (
          <li key={step} className={`loop-${status(step)}`} aria-current={step === now ? 'step' : undefined}>
            <span className="loop-mark" aria-hidden="true" />
            <span className="loop-name">{t(`loop.${step}`)}</span>
            <span className="visually-hidden">{t(`closedLoop.${status(step)}`)}</span>
          </li>
        ))}
      </ol>
      {holder && (
        <p className="loop-holder">
          {t('closedLoop.holder', { holder })}
          {since && <span className="loop-since"> · {t('closedLoop.since', { time: since })}</span>}
        </p>
      )}
    </div>
  )
}
