import { Skeleton } from 'antd'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { SignHit } from '@/shared/api/vitals'
import { Spark } from '../evaluation/Spark'
import { levelOf } from './format'
import { FreshnessNote, LevelChip, Rank, Value } from './Reading'

interface Props {
  /** undefined while they are asked for */
  rows: SignHit[] | undefined
  total: number
  at: number
  stand: (at: number) => void
  open: (hit: SignHit) => void
  failed: boolean
}

export function LookupRows({ rows, total, at, stand, open, failed }: Props) {
  const { t } = useTranslation('console')
  if (!rows) return failed ? null : <Skeleton active title={false} paragraph={{ rows: 8 }} className="card" />
  if (rows.length === 0) return <Nothing />
  return (
    <section className="card lookup-list">
      <p className="meta">{t('vitals.found', { count: total })}</p>
      <ul role="listbox" id="lookup-rows" aria-label={t('vitals.results')}>
        {rows.map((hit, number) => (
          <Row key={hit.sign.code} hit={hit} id={`lookup-${number}`} chosen={number === at} stand={() => stand(number)} open={() => open(hit)} />
        ))}
      </ul>
    </section>
  )
}

function Nothing() {
  const { t } = useTranslation('console')
  return (
    <div className="card empty" data-testid="lookup-none">
      <b>{t('vitals.none')}</b>
      <p>{t('vitals.noneText')}</p>
    </div>
  )
}

function Row({ hit, id, chosen, stand, open }: { hit: SignHit; id: string; chosen: boolean; stand: () => void; open: () => void }) {
  const { t } = useTranslation('console')
  const line = useRef<HTMLLIElement>(null)
  const level = hit.reading.state === 'fresh' ? levelOf(hit.reading) : null
  useEffect(() => {
    if (chosen) line.current?.scrollIntoView({ block: 'nearest' })
  }, [chosen])
  return (
    <li ref={line} id={id} role="option" aria-selected={chosen} className="lookup-row" style={{ borderInlineStartColor: level ? `var(--level-${level})` : 'transparent' }} onMouseMove={chosen ? undefined : stand} onClick={open} data-testid="lookup-row" data-code={hit.sign.code}>
      <span className="lookup-name">
        <b>{hit.sign.name}</b>
        <span className="meta">
          {hit.sign.domain_name} · {hit.sign.code} {hit.sign.generated && <span className="chip">{t('vitals.generated')}</span>}
        </span>
      </span>
      <Value sign={hit.sign} reading={hit.reading} />
      <span className="lookup-level">
        <LevelChip reading={hit.reading} />
      </span>
      <span className="lookup-spark">
        <Spark values={hit.spark} label={t('vitals.spark')} />
      </span>
      <span className="lookup-rank">
        <Rank sign={hit.sign} rank={hit.rank} />
      </span>
      <span className="lookup-fresh">
        <FreshnessNote reading={hit.reading} />
      </span>
    </li>
  )
}
