import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import type { RegionRef } from '@/shared/api/types'
import { readBoard, type SignField } from '@/shared/api/vitals'
import { ErrorNote } from '../app/ErrorNote'
import { levelKey, LEVELS } from './format'
import { FreshnessNote, LevelChip, Value } from './Reading'
import type { VitalsSearch } from './search'

const LIVE_MS = 10_000

/** Without a question: the region by domain, the worst first. */
export function RegionBoard({ region, go }: { region: RegionRef; go: (change: VitalsSearch) => void }) {
  const { t } = useTranslation('console')
  const board = useQuery({ queryKey: ['sign-board', region.id], queryFn: ({ signal }) => readBoard(region.id, signal), refetchInterval: LIVE_MS })
  if (board.isPending) return <Skeleton active paragraph={{ rows: 8 }} className="card" />
  if (board.error) return <ErrorNote error={board.error} retry={() => void board.refetch()} />
  if (board.data.domains.length === 0)
    return (
      <div className="card empty" data-testid="board-empty">
        <b>{t('vitals.empty', { name: region.name })}</b>
        <p>{t('vitals.emptyText')}</p>
      </div>
    )
  return (
    <div className="sign-board" data-testid="sign-board">
      {board.data.domains.map((field) => (
        <Field key={field.domain.code} field={field} region={region.id} all={() => go({ view: 'catalogue', domain: field.domain.code, data: 'yes' })} />
      ))}
    </div>
  )
}

function Field({ field, region, all }: { field: SignField; region: number; all: () => void }) {
  const { t } = useTranslation('console')
  return (
    <section className="card sign-field" data-testid="sign-field" data-domain={field.domain.code}>
      <h2>
        {field.domain.name}
        <span className="sign-counts">
          {[4, 3, 2, 1].map((level) =>
            field.levels[level] ? (
              <span key={level} className={`chip chip-${LEVELS[level] ?? 'blue'}`}>
                {t(`vitals.level.${levelKey(level)}`)} {field.levels[level]}
              </span>
            ) : null,
          )}
          {field.stale > 0 && <span className="chip">{t('vitals.staleCount', { count: field.stale })}</span>}
        </span>
      </h2>
      <ul>
        {field.rows.map((row) => (
          <li key={row.sign.code}>
            <Link to="/vitals/$code" params={{ code: row.sign.code }} search={{ region }}>
              {row.sign.name}
            </Link>
            <LevelChip reading={row.reading} />
            <Value sign={row.sign} reading={row.reading} />
            {row.reading.state !== 'fresh' && <FreshnessNote reading={row.reading} />}
          </li>
        ))}
      </ul>
      <button type="button" className="chip chip-button" onClick={all} aria-label={`${field.domain.name} ${t('vitals.more')}`}>
        {t('vitals.more')} · {t('vitals.domainSigns', { count: field.domain.signs })}
      </button>
    </section>
  )
}
