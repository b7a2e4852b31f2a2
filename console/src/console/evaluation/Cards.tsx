import { Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Evaluation, IndicatorText, RateFigure, TrendPoint } from '@/shared/api/evaluation'
import { Why } from '@/shared/ui/Why'
import { Flyout } from '../app/Flyout'
import { better, change, GRADE_CHIP, percent, signed } from './figures'
import type { Part } from './search'
import { Spark } from './Spark'

interface Props {
  found: Evaluation
  trend: TrendPoint[] | undefined
  open: (indicator: string, part: Part) => void
}

/** One card per indicator: the share, its grade, how it moved, and the two numbers it is made of. */
export function Cards({ found, trend, open }: Props) {
  return (
    <div className="evaluation-cards">
      {found.indicators.map((one) => (
        <Card key={one.key} one={one} found={found} trend={trend} open={open} />
      ))}
    </div>
  )
}

function Card({ one, found, trend, open }: Props & { one: IndicatorText }) {
  const { t } = useTranslation('console')
  const figure = found.total[one.key]
  if (!figure) return null
  return (
    <section className="card evaluation-card" data-testid={`evaluation-card-${one.key}`}>
      <h2>
        <Term one={one} figure={figure} />
        <GradeChip figure={figure} smallest={found.smallest} />
      </h2>
      <p className="evaluation-rate">
        {percent(figure.rate)}
        <Spark values={(trend ?? []).map((point) => point.figures[one.key]?.rate ?? null)} label={t('evaluation.trendOf', { name: one.name })} />
      </p>
      <p className="meta">
        <Moved words={t('evaluation.before')} now={figure} then={found.total_before[one.key]} one={one} />
        <Moved words={t('evaluation.yearAgo')} now={figure} then={found.total_year_ago[one.key]} one={one} />
      </p>
      <p className="evaluation-parts">
        <Counted name={one.numerator_name} count={figure.numerator} onClick={() => open(one.key, 'numerator')} id={`${one.key}-numerator`} />
        <Counted name={one.denominator_name} count={figure.denominator} onClick={() => open(one.key, 'denominator')} id={`${one.key}-denominator`} />
      </p>
    </section>
  )
}

/** The term, which explains itself in place. */
export function Term({ one, figure }: { one: IndicatorText; figure?: RateFigure }) {
  const { t } = useTranslation('console')
  const inputs = figure ? { [one.numerator_name]: figure.numerator, [one.denominator_name]: figure.denominator } : {}
  const reason = { topic: one.name, text: one.why, rule: `${one.numerator_name} ÷ ${one.denominator_name}`, source: t('evaluation.source'), inputs, rejected: null }
  return (
    <Flyout content={<div className="evaluation-why"><Why reasons={[reason]} /></div>}>
      <button type="button" className="evaluation-term" data-testid={`evaluation-term-${one.key}`}>
        {one.name}
      </button>
    </Flyout>
  )
}

export function GradeChip({ figure, smallest }: { figure: RateFigure; smallest: number }) {
  const { t } = useTranslation('console')
  if (figure.grade) return <span className={`chip ${GRADE_CHIP[figure.grade] ?? ''}`}>{figure.grade}</span>
  if (figure.rate === null) return null
  return (
    <span className="chip" title={t('evaluation.small', { count: smallest })}>
      {t('evaluation.few', { count: smallest })}
    </span>
  )
}

function Counted({ name, count, onClick, id }: { name: string; count: number; onClick: () => void; id: string }) {
  return (
    <button type="button" className="evaluation-number" onClick={onClick} data-testid={`evaluation-${id}`}>
      {name} <b>{count}</b>
    </button>
  )
}

function Moved({ words, now, then, one }: { words: string; now: RateFigure; then: RateFigure | undefined; one: IndicatorText }) {
  const points = change(now.rate, then?.rate)
  return (
    <span className={points ? (better(points, one.better) ? 'evaluation-better' : 'evaluation-worse') : undefined}>
      {words} {points === null ? '—' : signed(points)}
    </span>
  )
}

/** The cards' places until the figures are there. */
export function CardsWait() {
  return (
    <div className="evaluation-cards" aria-hidden="true">
      {Array.from({ length: 8 }, (_, index) => (
        <section key={index} className="card evaluation-card">
          <Skeleton active title={false} paragraph={{ rows: 4 }} />
        </section>
      ))}
    </div>
  )
}
