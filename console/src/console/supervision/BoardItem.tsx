import { Link } from '@tanstack/react-router'
import { Button, Checkbox } from 'antd'
import { useTranslation } from 'react-i18next'
import type { BoardRow } from '@/shared/api/supervision'
import { StateChips } from '../queue/StateChips'
import type { Press } from './PressDialog'

interface Props {
  item: BoardRow
  standing: boolean
  marked: boolean
  gone: boolean
  mark: (id: number) => void
  press: (press: Press) => void
}

/** Why it stands here, in words, and what can be done about it now. */
export function BoardItem({ item, standing, marked, gone, mark, press }: Props) {
  const { t } = useTranslation('console')
  const { row } = item
  const decide = item.allowed.some((allowed) => allowed.move === 'arbitrate')
  return (
    <li className={`board-row${standing ? ' board-row-on' : ''}`} aria-current={standing || undefined} data-row={row.id} data-testid="board-row" data-number={row.number}>
      <span className="level-bar" style={{ background: `var(--dot-${row.level})` }} aria-hidden="true" />
      <Checkbox checked={marked} onChange={() => mark(row.id)} aria-label={t('supervision.mark', { number: row.number })} />
      <div className="board-what">
        <p className="board-title">
          <span className={`chip chip-${row.level}`}>{t(`shared:levelLong.${row.level}`)}</span>
          <Link to="/incidents/$id" params={{ id: row.id }}>
            {row.title}
          </Link>
          <span className="meta">
            {row.number} · {row.place} · {t('supervision.holder', { name: row.holder })}
          </span>
        </p>
        <ul className="board-why">
          {item.because.map((one) => (
            <li key={one.text} data-testid={`because-${one.tab}`}>
              <b>{t(`supervision.tab.${one.tab}`)}</b> {one.text}
            </li>
          ))}
        </ul>
        <StateChips row={row} />
        {gone && <span className="chip chip-brand">{t('supervision.gone')}</span>}
      </div>
      <div className="board-acts">
        {item.allowed
          .filter((allowed) => allowed.move !== 'arbitrate')
          .map((allowed) => (
            <Button key={allowed.move} size="small" onClick={() => press({ move: allowed.move, needs: allowed.needs, ids: [row.id] })} data-testid={`press-${allowed.move}`}>
              {t(`supervision.press.${allowed.move}`)}
            </Button>
          ))}
        {decide && <Link to="/supervision/arbitration" search={{ at: row.id }}>{t('supervision.decide')}</Link>}
        <Link to="/incidents/$id" params={{ id: row.id }} aria-label={`${t('supervision.open')} ${row.number}`}>
          {t('supervision.open')}
        </Link>
      </div>
    </li>
  )
}
