import { Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Evaluation, EvaluationLine, IndicatorText, RateFigure } from '@/shared/api/evaluation'
import { useMay } from '../app/session'
import { GradeChip, Term } from './Cards'
import { change, percent, signed, sorted } from './figures'
import { DIMENSIONS, type Dimension, type Part, type Search } from './search'

interface Props {
  found: Evaluation
  search: Search
  go: (change: Search) => void
}

/** A line per region, unit, … with a bar per share; every number opens the incidents behind it. */
export function FigureTable({ found, search, go }: Props) {
  const { t } = useTranslation('console')
  const may = useMay()
  const [by, setBy] = useState<string | null>(null)
  const [descending, setDescending] = useState(true)
  const sort = (name: string) => {
    setDescending(by === name ? !descending : name !== 'name')
    setBy(name)
  }
  const shown = found.indicators.filter((one) => !found.lines[0] || one.key in found.lines[0].figures)
  const dimensions = DIMENSIONS.filter((one) => one !== 'person' || may('evaluation.people'))
  return (
    <section className="card evaluation-table">
      <div className="card-head no-print">
        <h2>{t('evaluation.table')}</h2>
        <Segmented<Dimension> aria-label={t('evaluation.byLabel')} value={search.by ?? 'region'} options={dimensions.map((one) => ({ value: one, label: t(`evaluation.by.${one}`) }))} onChange={(one) => go({ by: one })} data-testid="evaluation-by" />
        {found.by === 'person' && <span className="meta">{t('evaluation.audited')}</span>}
      </div>
      {found.lines.length === 0 ? (
        <div className="empty">
          <b>{t('evaluation.empty')}</b>
          <p>{t('evaluation.emptyText')}</p>
        </div>
      ) : (
        <table>
          <thead>
            <tr>
              <Head name="name" by={by} descending={descending} sort={sort}>
                {t(`evaluation.by.${found.by}`)}
              </Head>
              {shown.map((one) => (
                <Head key={one.key} name={one.key} by={by} descending={descending} sort={sort}>
                  <Term one={one} />
                </Head>
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted(found.lines, by, descending).map((line) => (
              <Line key={line.key} line={line} shown={shown} smallest={found.smallest} go={go} />
            ))}
          </tbody>
        </table>
      )}
      {found.left_out > 0 && <p className="meta">{t('evaluation.leftOut', { count: found.left_out })}</p>}
    </section>
  )
}

interface HeadProps {
  name: string
  by: string | null
  descending: boolean
  sort: (name: string) => void
  children: React.ReactNode
}

function Head({ name, by, descending, sort, children }: HeadProps) {
  const { t } = useTranslation('console')
  const on = by === name
  return (
    <th scope="col" aria-sort={on ? (descending ? 'descending' : 'ascending') : 'none'}>
      {children}
      <button type="button" className="evaluation-sort no-print" onClick={() => sort(name)} aria-label={t('evaluation.sort')} data-testid={`evaluation-sort-${name}`}>
        {on ? (descending ? '↓' : '↑') : '↕'}
      </button>
    </th>
  )
}

function Line({ line, shown, smallest, go }: { line: EvaluationLine; shown: IndicatorText[]; smallest: number; go: (change: Search) => void }) {
  return (
    <tr data-testid="evaluation-line" data-key={line.key}>
      <th scope="row">
        {line.drill ? (
          <button type="button" className="evaluation-drill" onClick={() => go({ region: Number(line.key) })}>
            {line.name}
          </button>
        ) : (
          line.name
        )}
      </th>
      {shown.map((one) => {
        const figure = line.figures[one.key]
        return (
          <td key={one.key} data-indicator={one.key}>
            {figure && <Cell figure={figure} before={line.before[one.key]} smallest={smallest} open={(part) => go({ behind: one.key, part, key: line.key })} />}
          </td>
        )
      })}
    </tr>
  )
}

function Cell({ figure, before, smallest, open }: { figure: RateFigure; before: number | null | undefined; smallest: number; open: (part: Part) => void }) {
  const { t } = useTranslation('console')
  const points = change(figure.rate, before)
  return (
    <div className="evaluation-cell" title={points === null ? undefined : `${t('evaluation.before')} ${signed(points)}`}>
      <span>
        {percent(figure.rate)} <GradeChip figure={figure} smallest={smallest} />
      </span>
      <i className="evaluation-bar" style={{ width: `${(figure.rate ?? 0) * 100}%` }} aria-hidden="true" />
      <span className="evaluation-pair">
        <button type="button" onClick={() => open('numerator')} data-part="numerator" aria-label={t('evaluation.openNumerator', { count: figure.numerator })}>
          {figure.numerator}
        </button>
        /
        <button type="button" onClick={() => open('denominator')} data-part="denominator" aria-label={t('evaluation.openDenominator', { count: figure.denominator })}>
          {figure.denominator}
        </button>
      </span>
    </div>
  )
}
